import * as ops from "../graph/ops/index.ts";
import { staticDim, type Value } from "../graph/value.ts";
import { xavierUniform, zeros } from "./initializers.ts";
import { linear } from "./linear.ts";
import type { Scope } from "./scope.ts";

/** Added to the gate, so that a new layer passes most of x on; SeqGAN's. */
const carry = -2;

/**
 * One highway layer (arXiv 1505.00387): t g + (1 - t) x with g = relu(W x + b) and the gate
 * t = sigmoid(W_t x + b_t - 2): x [N,F] -> [N,F]; `transform` and `gate` hold weight [F,F], bias [F].
 */
export function highway(s: Scope, x: Value): Value {
  return s.build(() => {
    const features = staticDim(x, -1);
    const init = { init: xavierUniform, biasInit: zeros };
    const g = ops.relu(linear(s.at("transform"), x, features, init));
    const t = ops.sigmoid(ops.add(linear(s.at("gate"), x, features, init), ops.scalar(carry)));
    return ops.add(x, ops.mul(t, ops.sub(g, x)));
  });
}
