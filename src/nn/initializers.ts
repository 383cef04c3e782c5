import type { Random } from "../util/random.ts";

/** Fills a new variable of `shape`; everything random comes from `random`. */
export type Initializer = (out: Float32Array, random: Random, shape: readonly number[]) => void;

export const zeros: Initializer = (out) => void out.fill(0);
export const ones: Initializer = (out) => void out.fill(1);

/** N(mean, std^2). DCGAN: std 0.02 (arXiv 1511.06434). */
export function normal(std: number, mean = 0): Initializer {
  return (out, random) => {
    random.fillNormal(out, std);
    if (mean !== 0) for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + mean;
  };
}

/** Uniform in [-bound, bound). */
export function uniform(bound: number): Initializer {
  return (out, random) => random.fillUniform(out, -bound, bound);
}

/** Uniform with bound 1/sqrt(fan in), the default of PyTorch's linear and convolution layers. */
export const fanInUniform: Initializer = (out, random, shape) =>
  random.fillUniform(out, -1 / Math.sqrt(fanIn(shape)), 1 / Math.sqrt(fanIn(shape)));

/** N(0, gain^2 / fan in) (He et al., arXiv 1502.01852); gain sqrt(2) suits ReLU. */
export function heNormal(gain = Math.SQRT2): Initializer {
  return (out, random, shape) => random.fillNormal(out, gain / Math.sqrt(fanIn(shape)));
}

/** Uniform with variance 2 / (fan in + fan out) (Glorot and Bengio 2010). */
export const xavierUniform: Initializer = (out, random, shape) => {
  const receptive = shape.slice(2).reduce((a, b) => a * b, 1);
  const bound = Math.sqrt(6 / (fanIn(shape) + (shape[0] as number) * receptive));
  random.fillUniform(out, -bound, bound);
};

/** Rows (or columns, if there are fewer) orthonormal, times gain (Saxe et al., arXiv 1312.6120). */
export function orthogonal(gain = 1): Initializer {
  return (out, random, shape) => {
    const rows = shape[0] as number;
    const cols = out.length / rows;
    const [count, length] = rows <= cols ? [rows, cols] : [cols, rows];
    const vectors: Float64Array[] = [];
    for (let i = 0; i < count; i++) {
      const v = new Float64Array(length);
      random.fillNormal(v);
      // Twice is enough for Gram-Schmidt to be orthogonal to rounding.
      for (let pass = 0; pass < 2; pass++) {
        for (const u of vectors) {
          const along = u.reduce((s, x, k) => s + x * (v[k] as number), 0);
          for (let k = 0; k < length; k++) v[k] = (v[k] as number) - along * (u[k] as number);
        }
      }
      const norm = Math.sqrt(v.reduce((s, x) => s + x * x, 0));
      vectors.push(v.map((x) => x / norm));
    }
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < length; k++) {
        const at = rows <= cols ? i * cols + k : k * cols + i;
        out[at] = gain * ((vectors[i] as Float64Array)[k] as number);
      }
    }
  };
}

function fanIn(shape: readonly number[]): number {
  return shape.slice(1).reduce((a, b) => a * b, 1);
}
