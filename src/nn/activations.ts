import * as ops from "../graph/ops/index.ts";
import type { Value } from "../graph/value.ts";

export { leakyRelu, relu, sigmoid, softmax, softplus, tanh } from "../graph/ops/index.ts";

/** x sigmoid(x), also called swish (arXiv 1702.03118). */
export function silu(x: Value): Value {
  return ops.mul(x, ops.sigmoid(x));
}

/** x Phi(x) with the exact normal distribution (arXiv 1606.08415). */
export function gelu(x: Value): Value {
  const phi = ops.add(ops.scalar(1), ops.erf(ops.mul(x, ops.scalar(Math.SQRT1_2))));
  return ops.mul(ops.mul(x, ops.scalar(0.5)), phi);
}

/** x above 0, alpha (exp(x) - 1) below (arXiv 1511.07289). */
export function elu(x: Value, alpha = 1): Value {
  const below = ops.sub(ops.exp(ops.minimum(x, ops.scalar(0))), ops.scalar(1));
  return ops.where(ops.greater(x, ops.scalar(0)), x, ops.mul(below, ops.scalar(alpha)));
}

/** Leaky ReLU with a trained slope a channel is a layer; this is the fixed one times sqrt(2), as in StyleGAN2. */
export function scaledLeakyRelu(x: Value, slope = 0.2): Value {
  return ops.mul(ops.leakyRelu(x, slope), ops.scalar(Math.SQRT2));
}
