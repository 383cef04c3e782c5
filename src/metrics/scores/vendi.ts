import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Metric } from "../metric.ts";

/**
 * The Vendi score (arXiv 2210.02410) of rows [n,width] with the cosine as similarity: the exponential
 * of the entropy of the eigenvalues of K / n, an effective number of different rows. The width x width
 * matrix of the same rows has the same eigenvalues as K.
 */
export function vendiScore(rows: Float32Array, width: number): number {
  const n = rows.length / width;
  const sums = Array.from({ length: width }, () => new Float64Array(width));
  const unit = new Float64Array(width);
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let c = 0; c < width; c++) square += (rows[i * width + c] as number) ** 2;
    const length = Math.sqrt(square) || 1;
    for (let c = 0; c < width; c++) unit[c] = (rows[i * width + c] as number) / length;
    for (let a = 0; a < width; a++) {
      const row = sums[a] as Float64Array;
      const x = unit[a] as number;
      if (x === 0) continue;
      for (let b = 0; b < width; b++) row[b] = (row[b] as number) + x * (unit[b] as number);
    }
  }
  const matrix = new Matrix(sums.map((row) => Array.from(row, (x) => x / n)));
  const { realEigenvalues } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const entropy = realEigenvalues.reduce((sum, x) => (x > 1e-15 ? sum - x * Math.log(x) : sum), 0);
  return Math.exp(entropy);
}

/** The effective number of different samples, by their features. */
export const vendi: Metric = {
  name: "vendi",
  summary: "effective number of different samples (Vendi score of classifier features)",
  higherIsBetter: true,
  needs: ["network"],
  minSamples: 2,
  floorFrom: "train",
  protocol: "exp of the entropy of the eigenvalues of the features' cosine similarities",
  compute: async ({ samples: { features, featureWidth } }) => ({
    value: vendiScore(features, featureWidth),
  }),
};
