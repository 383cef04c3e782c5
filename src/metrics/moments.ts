import { usageError } from "../util/errors.ts";
import { congruence, symmetricEigenvalues, symmetricFactor } from "./symmetric.ts";

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
  covariance(): Float64Array {
    const { width: d, count } = this;
    if (count < 2) throw usageError(`a covariance needs at least 2 images, received ${count}.`);
    const out = new Float64Array(d * d);
    for (let i = 0; i < d; i++) {
      for (let k = i; k < d; k++) {
        const x = (this.#scatter[i * d + k] as number) / (count - 1);
        out[i * d + k] = x;
        out[k * d + i] = x;
      }
    }
    return out;
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
 * (Dowson and Landau 1982). With C1 = G'G the eigenvalues of C1 C2 are those of G C2 G', which is
 * symmetric, so nothing complex appears; their roots add up to the last trace.
 */
export function frechetDistance(a: Moments, b: Moments): number {
  const { width: d } = a;
  const shift = a.mean.reduce((sum, x, k) => sum + (x - (b.mean[k] as number)) ** 2, 0);
  const [c1, c2] = [a.covariance(), b.covariance()];
  const { g, rank } = symmetricFactor(c1, d);
  const values = symmetricEigenvalues(congruence(g, rank, c2, d), rank);
  const overlap = values.reduce((sum, x) => sum + Math.sqrt(Math.max(x, 0)), 0);
  return Math.max(0, shift + trace(c1, d) + trace(c2, d) - 2 * overlap);
}

function trace(matrix: Float64Array, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += matrix[i * d + i] as number;
  return sum;
}
