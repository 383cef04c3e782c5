import { NgramCounts, requireOrder, requireTexts, type Text, type Texts } from "./ngrams.ts";
import type { TextMetric } from "./text-metric.ts";

/** BLEU by the largest n of its n-grams. */
export type BleuByOrder = Readonly<Record<number, number>>;

/** The orders that are published for text GANs. */
export const bleuOrders: readonly number[] = [2, 3, 4, 5];

const EPSILON = 0.1;

/**
 * Mean sentence BLEU of the samples, each with all `references` as its references:
 * `BLEU-N = BP exp(1/N sum_n log p_n)`, p_n = clipped matches / n-grams, a p_n without a match
 * = 0.1 / n-grams (method 1 of Chen and Cherry 2014), 0 when no token matches;
 * BP = min(1, exp(1 - r / c)), r the reference length nearest to the sample's length c.
 * Throws a usage error without samples or references, or when every reference is shorter than N.
 *
 * Papineni et al. 2002; as text GANs use it: Yu et al. 2017, arXiv 1609.05473.
 *
 * Differs: the mean of sentence scores with smoothing, as NLTK's `sentence_bleu` gives them, in
 * place of one score of the pooled counts.
 */
export function bleuScores(
  samples: Texts,
  references: Texts,
  orders: readonly number[] = bleuOrders,
): BleuByOrder {
  requireTexts("bleu samples", samples);
  requireOrder("bleu references", references, Math.max(...orders));
  return meanBleu(samples, new NgramCounts(references, Math.max(...orders)), orders, false);
}

/** Mean sentence BLEU against counted texts; `leaveOut`: the samples are those texts themselves. */
export function meanBleu(
  samples: Texts,
  counts: NgramCounts,
  orders: readonly number[],
  leaveOut: boolean,
): BleuByOrder {
  const sums = orders.map(() => 0);
  for (const text of samples) {
    const scores = sentenceBleu(text, counts, leaveOut);
    for (const [i, n] of orders.entries())
      sums[i] = (sums[i] as number) + (scores[n - 1] as number);
  }
  return Object.fromEntries(
    orders.map((n, i) => [n, (sums[i] as number) / samples.length] as const),
  );
}

/** BLEU-1 .. BLEU-N of one text; index n - 1. */
function sentenceBleu(text: Text, counts: NgramCounts, leaveOut: boolean): number[] {
  const matches = counts.clippedMatches(text, leaveOut);
  if (matches[0] === 0) return matches.map(() => 0);
  const brevity = Math.min(
    1,
    Math.exp(1 - counts.closestLength(text.length, leaveOut) / text.length),
  );
  let logs = 0;
  return matches.map((count, i) => {
    logs += Math.log((count || EPSILON) / Math.max(1, text.length - i));
    return brevity * Math.exp(logs / (i + 1));
  });
}

/** How far samples are made of phrases of real texts. */
export const bleu: TextMetric<Text> = {
  name: "bleu",
  summary: "BLEU-4 against all held-out texts (details: BLEU-2 to BLEU-5)",
  higherIsBetter: true,
  needs: ["samples", "references"],
  // Held-out texts are the references: against themselves they would score 1.
  floorFrom: "train",
  protocol: "mean sentence BLEU, every held-out text a reference, smoothing method 1",
  compute: ({ samples, references }) => asMeasurement("bleu", bleuScores(samples, references)),
};

/** BLEU-4 as the value, every order among the details. */
export function asMeasurement(prefix: string, scores: BleuByOrder) {
  const details = Object.fromEntries(
    Object.entries(scores).map(([n, score]) => [`${prefix}${n}`, score]),
  );
  return { value: scores[4] ?? Number.NaN, details };
}
