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

/** Scaled so that activations keep mean 0 and variance 1 (arXiv 1706.02515). */
export function selu(x: Value): Value {
  return ops.mul(elu(x, 1.6732632423543772), ops.scalar(1.0507009873554805));
}

/** The tanh approximation of gelu: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). */
export function geluTanh(x: Value): Value {
  const cubic = ops.add(x, ops.mul(ops.power(x, 3), ops.scalar(0.044715)));
  const t = ops.tanh(ops.mul(cubic, ops.scalar(Math.sqrt(2 / Math.PI))));
  return ops.mul(ops.mul(x, ops.scalar(0.5)), ops.add(ops.scalar(1), t));
}

/** x tanh(softplus(x)) (arXiv 1908.08681). */
export function mish(x: Value): Value {
  return ops.mul(x, ops.tanh(ops.softplus(x)));
}

/** x / (1 + |x|). */
export function softsign(x: Value): Value {
  return ops.div(x, ops.add(ops.scalar(1), ops.abs(x)));
}

/** x / 6 + 1/2, clipped to [0, 1]. */
export function hardSigmoid(x: Value): Value {
  const line = ops.add(ops.mul(x, ops.scalar(1 / 6)), ops.scalar(0.5));
  return ops.minimum(ops.maximum(line, ops.scalar(0)), ops.scalar(1));
}
