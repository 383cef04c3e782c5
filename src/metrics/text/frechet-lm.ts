import { frechetOfFeatures } from "./frechet-features.ts";
import { modelsOf } from "./language-model.ts";
import type { Text } from "./ngrams.ts";
import type { TextMetric } from "./text-metric.ts";

/**
 * Frechet distance of the samples to held-out texts, on what a language model of real texts remembers of
 * each: one number for quality and diversity. It falls with the number of samples: compare equal numbers.
 * Throws a usage error below 2 samples or references.
 *
 * Semeniuta et al. 2018, arXiv 1806.04936.
 *
 * Differs: features of our own LSTM, the mean of its hidden vectors; never comparable with published FD.
 */
export const frechetLm: TextMetric<Text> = {
  name: "frechet-lm",
  summary: "Frechet distance to held-out texts on a language model's features",
  higherIsBetter: false,
  byName: true,
  needs: ["samples", "references", "languageModels"],
  floorFrom: "train",
  texts: 2000,
  protocol:
    "mean hidden vectors of our LSTM, learned from real texts that the generator did not see",
  compute: async (context) => {
    const judge = await modelsOf("frechet-lm", context).judge();
    const [samples, references] = [
      await judge.features(context.samples),
      await judge.features(context.references),
    ];
    return { value: frechetOfFeatures(samples, references, judge.width) };
  },
};
