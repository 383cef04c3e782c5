import { NgramCounts, requireOrder, type Text, type Texts } from "./ngrams.ts";
import type { TextMetric } from "./text-metric.ts";

/**
 * distinct-n = different n-grams / n-grams, over all samples together, for n = 1 .. maxOrder; index
 * n - 1. Throws a usage error without samples, or when every sample is shorter than maxOrder.
 *
 * Li et al. 2016, arXiv 1510.03055. It falls with the number of samples: compare equal numbers.
 */
export function distinctShares(samples: Texts, maxOrder = 4): number[] {
  requireOrder("distinct samples", samples, maxOrder);
  const different = new NgramCounts(samples, maxOrder).distinct();
  return different.map((count, i) => {
    const all = samples.reduce((sum, text) => sum + Math.max(0, text.length - i), 0);
    return count / all;
  });
}

/** How many different phrases the samples have. */
export const distinct: TextMetric<Text> = {
  name: "distinct",
  summary: "share of different 2-grams among all (details: 1-grams to 4-grams)",
  higherIsBetter: true,
  needs: ["samples"],
  floorFrom: "test",
  protocol: "different n-grams / n-grams, all samples together",
  compute: ({ samples }) => {
    const shares = distinctShares(samples);
    const details = Object.fromEntries(shares.map((share, i) => [`distinct${i + 1}`, share]));
    return { value: shares[1] ?? Number.NaN, details };
  },
};
