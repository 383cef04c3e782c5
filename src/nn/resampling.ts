import * as ops from "../graph/ops/index.ts";
import { type Dim, graphError, staticDim, type Value } from "../graph/value.ts";

/** Repeats every pixel `factor` times along both axes: [N,C,H,W] -> [N,C,fH,fW]. */
export function upsampleNearest(x: Value, factor = 2): Value {
  const [n, c, h, w] = parts(x);
  // As a product with ones: broadcasting over new axes works with a free batch size, too.
  const ones = ops.constant(new Float64Array(factor * factor).fill(1), [
    1,
    1,
    1,
    factor,
    1,
    factor,
  ]);
  const wide = ops.mul(ops.reshape(x, [n, c, h, 1, w, 1]), ones);
  return ops.reshape(wide, [n, c, h * factor, w * factor]);
}

/**
 * Bilinear interpolation: [N,C,H,W] -> [N,C,fH,fW]. Pixels are areas with half-pixel centres, or,
 * with `alignCorners`, points whose outermost ones coincide.
 */
export function upsampleBilinear(x: Value, factor = 2, alignCorners = false): Value {
  const [, , h, w] = parts(x);
  const matrix = (from: number) =>
    ops.constant(bilinearMatrix(from, from * factor, alignCorners), [from * factor, from]);
  const [rows, cols] = [matrix(h), matrix(w)];
  return ops.matMul(rows, ops.matMul(x, cols, { transB: true }));
}

/** Mean over factor x factor blocks: [N,C,H,W] -> [N,C,H/f,W/f]. */
export function downsampleMean(x: Value, factor = 2): Value {
  const [n, c, h, w] = parts(x);
  if (h % factor !== 0 || w % factor !== 0) {
    throw graphError("downsampleMean", `${h}x${w} is not divisible by ${factor}`, [x]);
  }
  const blocks = ops.reshape(x, [n, c, h / factor, factor, w / factor, factor]);
  return ops.reduceMean(blocks, [3, 5]);
}

/** Channels to space (arXiv 1609.05158): [N, C f^2, H, W] -> [N, C, fH, fW], as PyTorch's PixelShuffle. */
export function pixelShuffle(x: Value, factor = 2): Value {
  const [n, c, h, w] = parts(x);
  const blocks = ops.reshape(x, [n, c / factor ** 2, factor, factor, h, w]);
  return ops.reshape(ops.transpose(blocks, [0, 1, 4, 2, 5, 3]), [
    n,
    c / factor ** 2,
    h * factor,
    w * factor,
  ]);
}

/** Space to channels, the inverse of pixelShuffle: [N, C, fH, fW] -> [N, C f^2, H, W]. */
export function pixelUnshuffle(x: Value, factor = 2): Value {
  const [n, c, h, w] = parts(x);
  const blocks = ops.reshape(x, [n, c, h / factor, factor, w / factor, factor]);
  return ops.reshape(ops.transpose(blocks, [0, 1, 3, 5, 2, 4]), [
    n,
    c * factor ** 2,
    h / factor,
    w / factor,
  ]);
}

/** Maximum over factor x factor blocks: [N,C,H,W] -> [N,C,H/f,W/f]. */
export function downsampleMax(x: Value, factor = 2): Value {
  const [n, c, h, w] = parts(x);
  if (h % factor !== 0 || w % factor !== 0) {
    throw graphError("downsampleMax", `${h}x${w} is not divisible by ${factor}`, [x]);
  }
  return ops.reduceMax(ops.reshape(x, [n, c, h / factor, factor, w / factor, factor]), [3, 5]);
}

function parts(x: Value): [Dim, number, number, number] {
  if (x.shape.length !== 4) throw graphError("resampling", "expected [N,C,H,W]", [x]);
  return [x.shape[0] as Dim, staticDim(x, 1), staticDim(x, 2), staticDim(x, 3)];
}

function bilinearMatrix(from: number, to: number, alignCorners: boolean): Float64Array {
  const matrix = new Float64Array(to * from);
  for (let i = 0; i < to; i++) {
    const at = alignCorners
      ? (i * (from - 1)) / (to - 1)
      : Math.max(((i + 0.5) * from) / to - 0.5, 0);
    const low = Math.min(Math.floor(at), from - 1);
    const high = Math.min(low + 1, from - 1);
    matrix[i * from + low] = (matrix[i * from + low] as number) + 1 - (at - low);
    matrix[i * from + high] = (matrix[i * from + high] as number) + (at - low);
  }
  return matrix;
}
