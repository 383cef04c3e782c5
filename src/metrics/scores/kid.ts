import * as ops from "../../graph/ops/index.ts";
import { leaf } from "../../graph/ops/leaf.ts";
import type { Backend, Tensor } from "../../runtime/session.ts";
import { usageError } from "../../util/errors.ts";
import { Random } from "../../util/random.ts";
import { pickRows } from "../judged-images.ts";
import type { Metric } from "../metric.ts";

export interface KernelDistanceOptions {
  readonly width: number;
  /** Mean square of a feature; the kernel sees features divided by its root. Default 1. */
  readonly scale?: number;
  readonly subsets: number;
  readonly subsetSize: number;
  readonly seed: number;
  readonly backend: Backend;
}

/**
 * The squared maximum mean discrepancy of two sets of features [n, width] and [m, width] under the
 * kernel (x.y / (width scale) + 1)^3, unbiased: mean and standard deviation over random subsets.
 */
export async function kernelDistance(
  x: Float32Array,
  y: Float32Array,
  { width, scale = 1, subsets, subsetSize, seed, backend }: KernelDistanceOptions,
): Promise<{ mean: number; std: number }> {
  const [n, m] = [x.length / width, y.length / width];
  if (subsetSize < 2 || subsetSize > Math.min(n, m)) {
    throw usageError(
      `kid: subsets of ${subsetSize} need at least 2 and at most ${Math.min(n, m)} images.`,
    );
  }
  const a = leaf("a", [subsetSize, width], { kind: "data" });
  const b = leaf("b", [subsetSize, width], { kind: "data" });
  const session = await backend.compile({
    name: "products",
    inputs: new Map([
      ["a", a],
      ["b", b],
    ]),
    outputs: new Map([
      ["aa", ops.matMul(a, a, { transB: true })],
      ["bb", ops.matMul(b, b, { transB: true })],
      ["ab", ops.matMul(a, b, { transB: true })],
    ]),
  });
  const random = new Random(seed, "kid");
  const distances: number[] = [];
  const dims = [subsetSize, width];
  const draw = (rows: Float32Array, count: number): Tensor => {
    const indices = drawSubset(random, count, subsetSize);
    return { dtype: "f32", dims, data: pickRows(rows, width, indices) };
  };
  try {
    for (let i = 0; i < subsets; i++) {
      const feeds = new Map([
        ["a", draw(x, n)],
        ["b", draw(y, m)],
      ]);
      const products = await session.run(feeds);
      const of = (name: string) => (products.get(name) as Tensor).data as Float32Array;
      const pairs = subsetSize * (subsetSize - 1);
      const sum = (name: string, diagonal: number) => kernelSum(of(name), diagonal, width * scale);
      const within = (sum("aa", subsetSize) + sum("bb", subsetSize)) / pairs;
      distances.push(within - (2 * sum("ab", 0)) / subsetSize ** 2);
    }
  } finally {
    await session.release();
  }
  const mean = distances.reduce((s, d) => s + d, 0) / subsets;
  const spread = distances.reduce((s, d) => s + (d - mean) ** 2, 0) / Math.max(subsets - 1, 1);
  return { mean, std: Math.sqrt(spread) };
}

/** Sum of (p / divisor + 1)^3 in f64, less the diagonal of `diagonal` elements. */
function kernelSum(products: Float32Array, diagonal: number, divisor: number): number {
  let sum = 0;
  for (let i = 0; i < products.length; i++) {
    const t = (products[i] as number) / divisor + 1;
    sum += t * t * t;
  }
  for (let i = 0; i < diagonal; i++) {
    const t = (products[i * diagonal + i] as number) / divisor + 1;
    sum -= t * t * t;
  }
  return sum;
}

/** `size` different numbers below `count`, in random order; all of them keep their order. */
function drawSubset(random: Random, count: number, size: number): Uint32Array {
  return random.permutation(count).subarray(0, size);
}

function meanSquare(values: Float32Array): number {
  return values.reduce((sum, x) => sum + x * x, 0) / values.length;
}

const subsets = 100;
const subsetSize = 1000;

/**
 * Kernel Inception distance (arXiv 1801.01401).
 * Differs: our network's features in place of Inception's, scaled to a mean square of 1 over the test
 * images: Inception's are of that size by themselves, and on larger ones the cube is mostly noise.
 */
export const kid: Metric = {
  name: "kid",
  label: "KID-like",
  summary: "KID-like: kernel distance of a network's features to the test images, unbiased",
  higherIsBetter: false,
  minSamples: 100,
  minTestImages: 2,
  floorFrom: "train",
  protocol: `unbiased MMD^2, kernel (x.y/(d s) + 1)^3 with s the mean square of test features, mean over ${subsets} subsets of at most ${subsetSize}`,
  compute: async ({ samples, test, seed, backend }) => {
    const size = Math.min(subsetSize, samples.count, test.count);
    const scale = meanSquare(test.features);
    const { mean, std } = await kernelDistance(samples.features, test.features, {
      width: samples.featureWidth,
      scale: scale > 0 ? scale : 1,
      subsets,
      subsetSize: size,
      seed,
      backend,
    });
    return { value: mean, details: { std, subsets, subsetSize: size } };
  },
};
