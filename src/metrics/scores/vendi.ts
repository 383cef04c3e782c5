import type { Metric } from "../metric.ts";
import { symmetricEigenvalues } from "../symmetric.ts";

/**
 * The Vendi score (arXiv 2210.02410) of rows [n,width] with the cosine as similarity: the exponential
 * of the entropy of the eigenvalues of K / n, an effective number of different rows. The width x width
 * matrix of the same rows has the same eigenvalues as K.
 */
export function vendiScore(rows: Float32Array, width: number): number {
  const n = rows.length / width;
  // The lower half.
  const matrix = new Float64Array(width * width);
  const unit = new Float64Array(width);
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let c = 0; c < width; c++) square += (rows[i * width + c] as number) ** 2;
    const length = Math.sqrt(square) || 1;
    for (let c = 0; c < width; c++) unit[c] = (rows[i * width + c] as number) / length;
    for (let a = 0; a < width; a++) {
      const x = (unit[a] as number) / n;
      if (x === 0) continue;
      for (let b = 0, at = a * width; b <= a; b++, at++) {
        matrix[at] = (matrix[at] as number) + x * (unit[b] as number);
      }
    }
  }
  const eigenvalues = symmetricEigenvalues(matrix, width);
  const entropy = eigenvalues.reduce((sum, x) => (x > 1e-15 ? sum - x * Math.log(x) : sum), 0);
  return Math.exp(entropy);
}

/** The effective number of different samples, by their features. */
export const vendi: Metric = {
  name: "vendi",
  summary: "effective number of different samples (Vendi score of their features)",
  higherIsBetter: true,
  minSamples: 2,
  floorFrom: "train",
  protocol: "exp of the entropy of the eigenvalues of the features' cosine similarities",
  compute: async ({ samples: { features, featureWidth } }) => ({
    value: vendiScore(features, featureWidth),
  }),
};
