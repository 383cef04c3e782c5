import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import type { Scope } from "../../nn/index.ts";
import { afterEnd, isToken } from "./ended.ts";
import type { SequenceGenerator } from "./generator.ts";

/** Keeps both logarithms of a uniform number finite. */
const least = 1e-10;

/**
 * `batch` sequences of a generator, drawn by the Gumbel trick and relaxed (arXiv 1611.01144, 1611.00712;
 * RelGAN, ICLR 2019): with logits o and Gumbel noise g, a token is argmax(o + g), which the generator
 * reads next, and its relaxation is softmax(beta (o + g)), through which the gradient passes. beta []
 * is the inverse temperature. Draws `gumbel` [T,N,V], uniform in [0, 1), in the scope, and a generator's
 * noise `z` [N,Z]. After an end
 * come ends, which no gradient reaches. Answers with `tokens` i32 [T,N] and `soft` [T,N,V].
 */
export function relaxedSequences(
  generator: SequenceGenerator,
  s: Scope,
  { batch, beta }: { readonly batch: number; readonly beta: Value },
): { readonly tokens: Value; readonly soft: Value } {
  const { vocabulary, length, start, end, noise } = generator;
  const uniform = s.noise("gumbel", [length, batch, vocabulary], "uniform");
  const { weight, bias } = generator.projection(s);
  let token = ops.constant(new Int32Array(batch).fill(start), [batch]);
  const z = noise === undefined ? undefined : s.noise("z", [batch, noise], "normal");
  let state = generator.begin(s, ops.constant(new Float64Array(batch), [batch]), z);
  const tokens: Value[] = [];
  const soft: Value[] = [];
  for (let t = 0; t < length; t++) {
    const read = generator.read(s, token, state);
    state = read.state;
    const u = ops.reshape(ops.slice(uniform, 0, t, t + 1), [batch, vocabulary]);
    const logits = ops.add(ops.matMul(read.hidden, weight, { transB: true }), bias);
    const disturbed = ops.add(logits, gumbel(u));
    const before = token;
    token = ops.argmax(disturbed, 1);
    let relaxed = ops.softmax(ops.mul(disturbed, beta), 1);
    if (end !== undefined && t > 0) {
      token = afterEnd(before, token, end);
      const column = ops.reshape(isToken(before, end), [batch, 1]);
      const certain = ops.oneHot(ops.constant(new Int32Array(1).fill(end), [1]), vocabulary);
      relaxed = ops.where(ops.greater(column, ops.scalar(0.5)), certain, relaxed);
    }
    tokens.push(ops.reshape(token, [1, batch]));
    soft.push(ops.reshape(relaxed, [1, batch, vocabulary]));
  }
  return { tokens: ops.concat(tokens, 0), soft: ops.concat(soft, 0) };
}

/** Uniform numbers -> Gumbel(0, 1). */
function gumbel(u: Value): Value {
  const kept = (x: Value) => ops.add(x, ops.scalar(least));
  return ops.neg(ops.log(kept(ops.neg(ops.log(kept(u))))));
}
