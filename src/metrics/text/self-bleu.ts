import { usageError } from "../../util/errors.ts";
import { asMeasurement, type BleuByOrder, bleuOrders, meanBleu } from "./bleu.ts";
import { NgramCounts, requireOrder, type Text, type Texts } from "./ngrams.ts";
import type { TextMetric } from "./text-metric.ts";

/**
 * Mean sentence BLEU of each sample with all other samples as references; exact and linear in the
 * number of tokens, so no subsample is drawn. Throws a usage error below 2 samples, or when every
 * sample is shorter than the largest n.
 *
 * Zhu et al. 2018, arXiv 1802.01886. It grows with the number of samples: compare equal numbers.
 */
export function selfBleuScores(
  samples: Texts,
  orders: readonly number[] = bleuOrders,
): BleuByOrder {
  if (samples.length < 2) {
    throw usageError(`self-bleu samples: expected at least 2 texts, received ${samples.length}.`);
  }
  requireOrder("self-bleu samples", samples, Math.max(...orders));
  return meanBleu(samples, new NgramCounts(samples, Math.max(...orders)), orders, true);
}

/** How alike the samples are to each other. */
export const selfBleu: TextMetric<Text> = {
  name: "self-bleu",
  summary: "BLEU-4 of each sample against all others (details: BLEU-2 to BLEU-5)",
  higherIsBetter: false,
  needs: ["samples"],
  floorFrom: "test",
  protocol: "mean sentence BLEU against all other samples, smoothing method 1",
  compute: ({ samples }) => asMeasurement("selfBleu", selfBleuScores(samples)),
};
