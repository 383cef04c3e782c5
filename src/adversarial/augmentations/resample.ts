import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import { positions } from "./positions.ts";

/** How an axis is read: `zoom` times as large about its middle, moved on by `shift` pixels, both [N,1,1,1]. */
export interface AxisChange {
  readonly zoom?: Value;
  readonly shift?: Value;
}

/** Bilinear; what lies outside is 0. [N,C,H,W] -> [N,C,H,W]. */
export function resample(images: Value, rows: AxisChange, columns: AxisChange): Value {
  const [, , h, w] = images.shape as number[];
  const across = ops.matMul(images, weights(w as number, columns), { transB: true });
  return ops.matMul(weights(h as number, rows), across);
}

/** [N,1,size,size]: how much of each pixel (last axis) goes into each new one. */
function weights(size: number, { zoom, shift }: AxisChange): Value {
  const middle = ops.scalar((size - 1) / 2);
  let from = ops.sub(positions(size, [1, 1, size, 1]), middle);
  if (shift) from = ops.sub(from, shift);
  if (zoom) from = ops.div(from, zoom);
  const distance = ops.abs(ops.sub(ops.add(from, middle), positions(size, [1, 1, 1, size])));
  return ops.maximum(ops.sub(ops.scalar(1), distance), ops.scalar(0));
}
