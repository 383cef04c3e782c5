import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { usageError } from "../util/errors.ts";

/**
 * Mean and covariance of rows that come in chunks, in f64. Each chunk is centred by itself and
 * merged (Chan et al. 1983), so chunk sizes do not matter and large means do not cancel.
 */
export class Moments {
  readonly width: number;
  count = 0;
  readonly mean: Float64Array;
  /** Sum of the outer products of centred rows, [width, width]; the upper half is kept. */
  readonly #scatter: Float64Array;

  constructor(width: number) {
    this.width = width;
    this.mean = new Float64Array(width);
    this.#scatter = new Float64Array(width * width);
  }

  /** Takes in rows [n, width]. */
  add(rows: Float32Array | Float64Array): this {
    const { width: d, mean } = this;
    const n = rows.length / d;
    if (n === 0) return this;
    if (!Number.isInteger(n)) {
      throw usageError(`moments: rows have ${d} elements, received ${rows.length} numbers.`);
    }
    const own = new Float64Array(d);
    for (let i = 0; i < rows.length; i++) own[i % d] = (own[i % d] as number) + (rows[i] as number);
    for (let k = 0; k < d; k++) own[k] = (own[k] as number) / n;
    const centred = new Float64Array(d);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < d; k++) centred[k] = (rows[i * d + k] as number) - (own[k] as number);
      this.#addOuter(centred, 1);
    }
    const total = this.count + n;
    const shift = own.map((x, k) => x - (mean[k] as number));
    this.#addOuter(shift, (this.count * n) / total);
    for (let k = 0; k < d; k++) {
      mean[k] = (mean[k] as number) + ((shift[k] as number) * n) / total;
    }
    this.count = total;
    return this;
  }

  /** The unbiased covariance, [width, width]. Throws a usage error below 2 rows. */
  covariance(): Matrix {
    const { width: d, count } = this;
    if (count < 2) throw usageError(`a covariance needs at least 2 images, received ${count}.`);
    const at = (i: number, k: number) => this.#scatter[Math.min(i, k) * d + Math.max(i, k)];
    const rows = Array.from({ length: d }, (_, i) =>
      Array.from({ length: d }, (_, k) => (at(i, k) as number) / (count - 1)),
    );
    return new Matrix(rows);
  }

  #addOuter(v: Float64Array, weight: number): void {
    const { width: d } = this;
    const scatter = this.#scatter;
    for (let i = 0; i < d; i++) {
      const a = (v[i] as number) * weight;
      if (a === 0) continue;
      for (let k = i; k < d; k++) {
        scatter[i * d + k] = (scatter[i * d + k] as number) + a * (v[k] as number);
      }
    }
  }
}

/**
 * The Frechet distance of two Gaussians: |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))
 * (Dowson and Landau 1982). tr (C1 C2)^(1/2) is the sum of the roots of the eigenvalues of
 * C1^(1/2) C2 C1^(1/2), which is symmetric, so nothing complex appears.
 */
export function frechetDistance(a: Moments, b: Moments): number {
  const shift = a.mean.reduce((sum, x, k) => sum + (x - (b.mean[k] as number)) ** 2, 0);
  const [c1, c2] = [a.covariance(), b.covariance()];
  const root = squareRoot(c1);
  const middle = root.mmul(c2).mmul(root);
  const roots = eigen(middle).realEigenvalues.map((x) => Math.sqrt(Math.max(x, 0)));
  const overlap = roots.reduce((sum, x) => sum + x, 0);
  return Math.max(0, shift + c1.trace() + c2.trace() - 2 * overlap);
}

function squareRoot(symmetric: Matrix): Matrix {
  const { realEigenvalues: values, eigenvectorMatrix: v } = eigen(symmetric);
  const scaled = v.clone();
  values.forEach((x, k) => {
    scaled.mulColumn(k, Math.sqrt(Math.max(x, 0)));
  });
  return scaled.mmul(v.transpose());
}

/** Rounding makes products a little unsymmetric; the two halves are averaged. */
function eigen(matrix: Matrix): EigenvalueDecomposition {
  const symmetric = Matrix.add(matrix, matrix.transpose()).mul(0.5);
  return new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
}
