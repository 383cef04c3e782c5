import type { Metric } from "../metric.ts";

/** exp E KL(p(y|x) || p(y)) of class probabilities [n,classes]. */
export function scoreOf(probabilities: Float32Array, classes: number): number {
  const n = probabilities.length / classes;
  const mean = new Float64Array(classes);
  for (let i = 0; i < probabilities.length; i++) {
    mean[i % classes] = (mean[i % classes] as number) + (probabilities[i] as number) / n;
  }
  let divergence = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i] as number;
    if (p > 0) divergence += (p * Math.log(p / (mean[i % classes] as number))) / n;
  }
  return Math.exp(divergence);
}

/**
 * The Inception score's formula (arXiv 1606.03498): sure of each sample's class, and all classes alike.
 * Differs: our classifier in place of Inception, all samples at once instead of ten parts.
 */
export const classifierScore: Metric = {
  name: "classifier-score",
  summary: "the Inception score's formula on the classifier; the number of classes is the most",
  higherIsBetter: true,
  needsClasses: true,
  minSamples: 2,
  floorFrom: "train",
  protocol: "exp of the mean KL divergence of class probabilities from their mean",
  compute: async ({ samples: { probabilities, classes } }) => ({
    value: scoreOf(probabilities, classes),
  }),
};
