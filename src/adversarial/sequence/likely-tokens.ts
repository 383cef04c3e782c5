import * as ops from "../../graph/ops/index.ts";
import type { Dim, Value } from "../../graph/value.ts";

/**
 * The probabilities of the next token by hidden vectors [N,H]: softmax((hidden weight^T + bias) /
 * temperature) [N,V]; `like` [N] tells how many rows. The bias is one more column of the weight, and the
 * temperature divides the hidden vectors: logits are an array that is worth no pass of its own.
 */
export function likelyTokens(
  hidden: Value,
  { weight, bias }: { readonly weight: Value; readonly bias: Value },
  like: Value,
  temperature?: Value,
): Value {
  const one = ops.add(ops.mul(like, ops.scalar(0)), ops.scalar(1));
  const ones = ops.reshape(one, [hidden.shape[0] as Dim, 1]);
  const read = ops.concat([hidden, ones], 1);
  const scaled = temperature ? ops.div(read, temperature) : read;
  const columns = ops.concat([weight, ops.reshape(bias, [weight.shape[0] as Dim, 1])], 1);
  return ops.softmax(ops.matMul(scaled, columns, { transB: true }), 1);
}
