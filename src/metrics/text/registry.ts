import { bleu } from "./bleu.ts";
import { distinct } from "./distinct.ts";
import { frechetLm } from "./frechet-lm.ts";
import { lmScore } from "./lm-score.ts";
import type { Text } from "./ngrams.ts";
import { novelty } from "./novelty.ts";
import { quatrainForm } from "./quatrain-form.ts";
import { quatrainRhyme } from "./quatrain-rhyme.ts";
import { reverseLmScore } from "./reverse-lm-score.ts";
import type { Poem } from "./rhyme-groups.ts";
import { selfBleu } from "./self-bleu.ts";
import type { TextMetric } from "./text-metric.ts";
import { uniqueSequences } from "./unique-sequences.ts";

/** Every metric of token sequences; a new one is a file and a line here. */
export const textMetrics: readonly TextMetric<Text>[] = [
  bleu,
  selfBleu,
  distinct,
  uniqueSequences,
  novelty,
  lmScore,
  reverseLmScore,
  frechetLm,
];

/** Every metric of poems as lines; a new one is a file and a line here. */
export const quatrainMetrics: readonly TextMetric<Poem>[] = [quatrainForm, quatrainRhyme];
