import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";

/** Moves values to `factor` times their distance from their mean over `axes`, where `on` is 1. */
export function spread(images: Value, axes: number[], factor: Value, on: Value): Value {
  const mean = ops.reduceMean(images, axes, true);
  const change = ops.mul(ops.sub(factor, ops.scalar(1)), on);
  return ops.add(images, ops.mul(ops.sub(images, mean), change));
}
