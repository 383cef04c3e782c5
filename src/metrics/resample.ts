import * as ops from "../graph/ops/index.ts";
import { staticDim, type Value } from "../graph/value.ts";

/**
 * Resizes images [N,C,H,W] -> [N,C,size,size]: bilinear with half-pixel centres; where it shrinks,
 * the triangle is as wide as the step between target pixels, so that nothing is skipped.
 */
export function resample(images: Value, size: number): Value {
  const [h, w] = [staticDim(images, 2), staticDim(images, 3)];
  let y = images;
  if (w !== size) {
    y = ops.matMul(y, ops.constant(resampleMatrix(w, size), [size, w]), { transB: true });
  }
  if (h !== size) y = ops.matMul(ops.constant(resampleMatrix(h, size), [size, h]), y);
  return y;
}

/** Weights [to, from] of one axis; rows sum to 1. */
export function resampleMatrix(from: number, to: number): Float64Array {
  const matrix = new Float64Array(to * from);
  const scale = from / to;
  const reach = Math.max(scale, 1);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale - 0.5;
    const row = matrix.subarray(i * from, (i + 1) * from);
    for (let k = 0; k < from; k++) row[k] = Math.max(0, 1 - Math.abs(k - centre) / reach);
    const sum = row.reduce((a, b) => a + b, 0);
    for (let k = 0; k < from; k++) row[k] = (row[k] as number) / sum;
  }
  return matrix;
}
