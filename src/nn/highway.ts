import * as ops from "../graph/ops/index.ts";
import { staticDim, type Value } from "../graph/value.ts";
import { type Initializer, xavierUniform, zeros } from "./initializers.ts";
import { linear } from "./linear.ts";
import type { Scope } from "./scope.ts";

export interface HighwayOptions {
  /** Added to the gate, so that a new layer passes most of x on; -2 by default, SeqGAN's. */
  readonly carry?: number;
  /** Default true. */
  readonly bias?: boolean;
  /** Of the weights; `xavierUniform` by default. */
  readonly init?: Initializer;
}

/**
 * One highway layer (arXiv 1505.00387): t g + (1 - t) x with g = relu(W x + b) and the gate
 * t = sigmoid(W_t x + b_t + carry): x [N,F] -> [N,F]; `transform` and `gate` hold weight [F,F], bias [F].
 */
export function highway(
  s: Scope,
  x: Value,
  { carry = -2, bias = true, init = xavierUniform }: HighwayOptions = {},
): Value {
  return s.build(() => {
    const features = staticDim(x, -1);
    const options = { init, bias, biasInit: zeros };
    const g = ops.relu(linear(s.at("transform"), x, features, options));
    const opened = linear(s.at("gate"), x, features, options);
    const t = ops.sigmoid(carry === 0 ? opened : ops.add(opened, ops.scalar(carry)));
    return ops.add(x, ops.mul(t, ops.sub(g, x)));
  });
}
