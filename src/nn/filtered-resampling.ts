import * as ops from "../graph/ops/index.ts";
import { staticDim, type Value } from "../graph/value.ts";

/** Weights of a low-pass filter along one axis, an odd number of them. */
export type LowPass = readonly number[];

const binomial: LowPass = [1, 2, 1];

/**
 * Doubles the resolution and smooths: [N,C,H,W] -> [N,C,2H,2W]. Zeros stand between the pixels and
 * outside of the image; the kernel along each axis is `filter` convolved with [1, 1], of sum 2:
 * [1, 3, 3, 1] / 4 by default, which is bilinear interpolation but for the edges (arXiv 1904.11486,
 * arXiv 1912.04958).
 */
export function upsampleFiltered(x: Value, filter: LowPass = binomial): Value {
  const along = (axis: number) => {
    const from = staticDim(x, axis);
    return ops.constant(doubling(from, filter), [2 * from, from]);
  };
  return ops.matMul(along(2), ops.matMul(x, along(3), { transB: true }));
}

/**
 * Smooths and halves the resolution: [N,C,2H,2W] -> [N,C,H,W], the transpose of `upsampleFiltered`
 * over 4; the kernel's weights add up to 1 (arXiv 1904.11486).
 */
export function downsampleFiltered(x: Value, filter: LowPass = binomial): Value {
  const along = (axis: number) => {
    const to = staticDim(x, axis) / 2;
    const halved = doubling(to, filter).map((weight) => weight / 2);
    return ops.constant(halved, [2 * to, to]);
  };
  return ops.matMul(along(2), ops.matMul(x, along(3)), { transA: true });
}

/** [2 from, from]: how much of each pixel stands in each of the finer ones. */
function doubling(from: number, filter: LowPass): Float64Array {
  const taps = Array.from(
    { length: filter.length + 1 },
    (_, i) => (filter[i] ?? 0) + (filter[i - 1] ?? 0),
  );
  const sum = taps.reduce((a, b) => a + b, 0);
  const radius = Math.floor(filter.length / 2);
  const matrix = new Float64Array(2 * from * from);
  for (let pixel = 0; pixel < from; pixel++) {
    taps.forEach((tap, i) => {
      const fine = 2 * pixel + i - radius;
      if (fine >= 0 && fine < 2 * from) matrix[fine * from + pixel] = (2 * tap) / sum;
    });
  }
  return matrix;
}
