import { requireTexts } from "./ngrams.ts";
import { type Poem, RhymeGroups, type RhymeRule } from "./rhyme-groups.ts";
import type { TextMetric } from "./text-metric.ts";

/** Share of samples whose lines 2 and 4 rhyme, and what an unrhymed line 4 would give. */
export interface RhymeShares {
  readonly rhymed: number;
  /** The same share with each line 4 taken from the next sample; `rhymed` above it is skill. */
  readonly byChance: number;
}

/**
 * Share of samples whose lines 2 and 4 rhyme by the groups of the training poems. Real poems do not
 * reach 1: rare characters are in no group, and some poems do not rhyme; the held-out share is the
 * ceiling. Throws a usage error without samples or training poems.
 */
export function rhymeShares(
  samples: readonly Poem[],
  train: readonly Poem[],
  rule: RhymeRule = {},
): RhymeShares {
  requireTexts("quatrain-rhyme samples", samples);
  const groups = new RhymeGroups(train, rule);
  const share = (poems: readonly Poem[]) =>
    poems.filter((poem) => groups.rhymes(poem)).length / poems.length;
  const moved = samples.map((poem, i) => {
    const last = samples[(i + 1) % samples.length]?.[3];
    return poem.length === 4 && last !== undefined ? poem.with(3, last) : [];
  });
  return { rhymed: share(samples), byChance: share(moved) };
}

/** Whether the samples rhyme as the training poems do. */
export const quatrainRhyme: TextMetric<Poem> = {
  name: "quatrain-rhyme",
  summary: "share of samples whose lines 2 and 4 rhyme (details: the share by chance)",
  higherIsBetter: true,
  needs: ["samples", "train"],
  floorFrom: "test",
  protocol: "groups of line ends in the training poems, joined from 2 poems and a PMI of 2.5 bits",
  compute: ({ samples, train }) => {
    const { rhymed, byChance } = rhymeShares(samples, train);
    return { value: rhymed, details: { byChance } };
  },
};
