import * as ops from "../graph/ops/index.ts";
import type { Value } from "../graph/value.ts";

/**
 * The maximum over the first axis (arXiv 1408.5882): [T, ...] -> [...]. Equal largest elements share
 * the gradient: padding makes equal windows, and `reduceMax` would give each of them the whole.
 */
export function maxOverTime(x: Value): Value {
  const most = ops.reduceMax(x, [0], true);
  // The same comparison as in the gradient of the maximum, so that it is made once.
  const count = ops.reduceSum(ops.cast(ops.greaterOrEqual(x, most), "f32"), [0]);
  const share = ops.div(ops.scalar(1), count);
  const top = ops.reshape(most, x.shape.slice(1));
  const flowing = ops.mul(top, ops.stopGradient(share));
  return ops.add(flowing, ops.stopGradient(ops.sub(top, flowing)));
}
