/** Thumbnails are at most this wide and high. */
const side = 8;
/** A neighbourhood reaches to the so-manieth nearest other sample of the data, */
const neighbours = 5;
/** but never less than this share of the mean distance: clusters that are points have an extent, too. */
const leastReach = 0.1;

/**
 * Samples [n, ...shape] -> rows [n, width] in which distances mean something: images [C,H,W] are
 * averaged down to 8x8, anything else stays as it is.
 */
export function thumbnails(samples: Float32Array, shape: readonly number[]): Float32Array {
  const [, height = 1, width = 1] = shape;
  if (shape.length !== 3 || Math.max(height, width) <= side) return samples;
  const [rows, columns] = [Math.min(side, height), Math.min(side, width)];
  const planes = samples.length / (height * width);
  const out = new Float32Array(planes * rows * columns);
  const edge = (i: number, parts: number, length: number) => Math.floor((i * length) / parts);
  for (let p = 0, at = 0; p < planes; p++) {
    for (let r = 0; r < rows; r++) {
      const [top, bottom] = [edge(r, rows, height), edge(r + 1, rows, height)];
      for (let c = 0; c < columns; c++, at++) {
        const [left, right] = [edge(c, columns, width), edge(c + 1, columns, width)];
        let sum = 0;
        for (let y = top; y < bottom; y++) {
          const line = (p * height + y) * width;
          for (let x = left; x < right; x++) sum += samples[line + x] as number;
        }
        out[at] = sum / ((bottom - top) * (right - left));
      }
    }
  }
  return out;
}

/** The data as a yardstick for samples: how far its points lie apart, and from their neighbours. */
export class Yardstick {
  readonly #data: Float32Array;
  readonly #width: number;
  readonly #meanDistance: number;
  readonly #reach: Float64Array;

  /** `data`: rows [n,width]; more than 5 of them. */
  constructor(data: Float32Array, width: number) {
    this.#data = data;
    this.#width = width;
    this.#meanDistance = meanDistance(data, width);
    const n = data.length / width;
    this.#reach = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const others = new Float64Array(n);
      for (let j = 0; j < n; j++) others[j] = distance(data, i, data, j, width);
      others.sort();
      const own = others[Math.min(neighbours, n - 1)] as number;
      this.#reach[i] = Math.max(own, leastReach * this.#meanDistance);
    }
  }

  /** Mean distance between samples [m,width] over that between data. */
  diversity(samples: Float32Array): number {
    return meanDistance(samples, this.#width) / Math.max(this.#meanDistance, 1e-12);
  }

  /** Share of the data within whose neighbourhood a sample lies (arXiv 2002.09797, coverage). */
  coverage(samples: Float32Array): number {
    const m = samples.length / this.#width;
    let covered = 0;
    for (const [i, reach] of this.#reach.entries()) {
      for (let j = 0; j < m; j++) {
        if (distance(this.#data, i, samples, j, this.#width) > reach) continue;
        covered++;
        break;
      }
    }
    return covered / this.#reach.length;
  }
}

function meanDistance(rows: Float32Array, width: number): number {
  const n = rows.length / width;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) sum += distance(rows, i, rows, j, width);
  }
  return sum / Math.max(1, (n * (n - 1)) / 2);
}

function distance(a: Float32Array, i: number, b: Float32Array, j: number, width: number): number {
  let sum = 0;
  for (let k = 0; k < width; k++) {
    const d = (a[i * width + k] as number) - (b[j * width + k] as number);
    sum += d * d;
  }
  return Math.sqrt(sum);
}
