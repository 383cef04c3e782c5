import * as ops from "../graph/ops/index.ts";
import type { Value } from "../graph/value.ts";

/** The smallest probability whose logarithm is taken: 87 nats. */
const leastProbability = 1e-38;

/**
 * Mean cross entropy of softmax(h W^T + b) over a large vocabulary: hidden h [R,H], weight W [V,H], bias
 * b [V], targets i32 [R] -> `loss` [] to look at, and `slope` [], whose gradient is the loss's. No other
 * array of the logits' size [R,V] is made than the logits and their softmax P, which is the slope
 * through the logits; the target's logit is h times its own row of W. With `shares` [R], the sum of each
 * row's part times its share in place of the mean.
 * Differs: a token's part of `loss` (not of `slope`) is at most 87 nats, and `slope` has no second
 * gradient.
 */
export function projectedCrossEntropy(
  hidden: Value,
  weight: Value,
  bias: Value,
  targets: Value,
  shares?: Value,
): { readonly loss: Value; readonly slope: Value } {
  const rows = hidden.shape[0] as number;
  const project = (h: Value, b: Value) => ops.add(ops.matMul(h, weight, { transB: true }), b);
  const p = ops.stopGradient(ops.softmax(project(hidden, bias), 1));
  const likely = ops.maximum(ops.pick(p, targets), ops.scalar(leastProbability));
  const dots = ops.reduceSum(ops.mul(hidden, ops.gatherRows(weight, targets)), [1]);
  const targetLogits = ops.add(dots, ops.gatherRows(bias, targets));
  const share = ops.scalar(1 / rows);
  // The shares go into the small factors instead of P.
  const scaled = shares
    ? ops.matMul(withShares(hidden, shares), ops.concat([weight, column(bias)], 1), {
        transB: true,
      })
    : project(ops.mul(hidden, share), ops.mul(bias, share));
  const pull = ops.reduceSum(ops.mul(scaled, p));
  const total = (x: Value) => (shares ? ops.reduceSum(ops.mul(x, shares)) : ops.reduceMean(x));
  return {
    loss: ops.neg(total(ops.log(likely))),
    slope: ops.sub(pull, total(targetLogits)),
  };
}

/** [R,H] times the rows' shares, and the shares themselves as a last column, for the bias. */
function withShares(hidden: Value, shares: Value): Value {
  const share = column(shares);
  return ops.concat([ops.mul(hidden, share), share], 1);
}

/** [N] -> [N,1]. */
function column(x: Value): Value {
  return ops.reshape(x, [x.shape[0] as number, 1]);
}
