import * as ops from "../../graph/ops/index.ts";
import { elementCount, type Value } from "../../graph/value.ts";
import type { SequenceGenerator } from "./generator.ts";

/**
 * Each token's share of a mean over the tokens that a generator chose, [T*N] for tokens i32 [T,N]: those
 * up to a sequence's first end; what follows it is no choice. Undefined where all sequences are full.
 */
export function chosenShares(generator: SequenceGenerator, tokens: Value): Value | undefined {
  const chosen = chosenTokens(generator, tokens);
  if (!chosen) return undefined;
  return ops.reshape(ops.div(chosen, ops.reduceSum(chosen)), [elementCount(tokens.shape)]);
}

/**
 * Tokens i32 [T,N] -> [T,N]: 1 up to a sequence's first end, which was chosen, 0 behind it. Undefined where
 * all sequences are full.
 */
export function chosenTokens({ end }: SequenceGenerator, tokens: Value): Value | undefined {
  if (end === undefined) return undefined;
  const ends = isToken(tokens, end);
  const endsBefore = ops.sub(ops.cumsum(ends, 0), ends);
  return ops.cast(ops.greater(ops.scalar(0.5), endsBefore), "f32");
}

/** `token`, or the end where the sequence had ended before. */
export function afterEnd(before: Value, token: Value, end: number): Value {
  const ended = isToken(before, end);
  const ends = ops.cast(ops.add(ops.mul(ended, ops.scalar(0)), ops.scalar(end)), "i32");
  return mixed(ended, ends, token);
}

/** `a` where the share is 1, `b` where it is 0; tokens below 2^24 survive as f32. */
export function mixed(share: Value, a: Value, b: Value): Value {
  const rest = ops.sub(ops.scalar(1), share);
  const [one, other] = [ops.mul(ops.cast(a, "f32"), share), ops.mul(ops.cast(b, "f32"), rest)];
  return ops.cast(ops.add(one, other), "i32");
}

/** 1 where it is that token, 0 elsewhere. */
export function isToken(tokens: Value, token: number): Value {
  const apart = ops.abs(ops.sub(ops.cast(tokens, "f32"), ops.scalar(token)));
  return ops.cast(ops.greater(ops.scalar(0.5), apart), "f32");
}
