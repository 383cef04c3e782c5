import * as ops from "../graph/ops/index.ts";
import { type Dim, graphError, staticDim, type Value } from "../graph/value.ts";
import { type Initializer, xavierUniform, zeros } from "./initializers.ts";
import { linear } from "./linear.ts";
import type { Scope } from "./scope.ts";

export interface CausalAttentionOptions {
  readonly heads: number;
  /** Initial weights of queries, keys and values; Glorot's by default. */
  readonly init?: Initializer;
  /** Initial weights of what mixes the heads. */
  readonly outInit?: Initializer;
}

/** Keys and values of the places so far, [N,heads,t,E/heads] each. */
export interface AttentionCache {
  readonly keys: Value;
  readonly values: Value;
}

/**
 * Multi-head self-attention of a decoder (arXiv 1706.03762), time first: x [T,N,E] -> [T,N,E]; a place
 * sees itself and those before it. Weights as in PyTorch: `input/weight` [3E,E] of queries, keys and
 * values, `out/weight` [E,E].
 */
export function causalAttention(s: Scope, x: Value, options: CausalAttentionOptions): Value {
  const { heads } = options;
  return s.build(() => {
    const length = staticDim(x, 0);
    const width = headWidth(x, heads);
    const parts = projected(s, x, options).map((part) =>
      ops.transpose(ops.reshape(part, [length, x.shape[1] as Dim, heads, width]), [1, 2, 0, 3]),
    );
    const [query, keys, values] = parts as [Value, Value, Value];
    const scores = ops.add(ops.matMul(query, keys, { transB: true }), futureMask(length));
    const mixed = ops.transpose(ops.matMul(ops.softmax(scores, -1), values), [2, 0, 1, 3]);
    return mix(s, ops.reshape(mixed, x.shape), options);
  });
}

/**
 * `causalAttention` at the next place alone: x [N,E] and what the places before left -> [N,E], and what
 * this one leaves. Equal to the whole sequence's attention at that place, up to rounding.
 */
export function causalAttentionStep(
  s: Scope,
  x: Value,
  options: CausalAttentionOptions,
  cache?: AttentionCache,
): { readonly output: Value; readonly cache: AttentionCache } {
  const { heads } = options;
  return s.build(() => {
    const width = headWidth(x, heads);
    const parts = projected(s, x, options).map((part) =>
      ops.reshape(part, [x.shape[0] as Dim, heads, 1, width]),
    );
    const [query, key, value] = parts as [Value, Value, Value];
    const keys = cache ? ops.concat([cache.keys, key], 2) : key;
    const values = cache ? ops.concat([cache.values, value], 2) : value;
    const shares = ops.softmax(ops.matMul(query, keys, { transB: true }), -1);
    const mixed = ops.reshape(ops.matMul(shares, values), x.shape);
    return { output: mix(s, mixed, options), cache: { keys, values } };
  });
}

/** Scaled queries, keys and values of x [...,E]. */
function projected(
  s: Scope,
  x: Value,
  { heads, init = xavierUniform }: CausalAttentionOptions,
): Value[] {
  const size = staticDim(x, -1);
  const all = linear(s.at("input"), x, 3 * size, { init, biasInit: zeros });
  const axis = x.shape.length - 1;
  const [query, key, value] = [0, 1, 2].map((i) =>
    ops.slice(all, axis, i * size, (i + 1) * size),
  ) as [Value, Value, Value];
  return [ops.mul(query, ops.scalar(1 / Math.sqrt(size / heads))), key, value];
}

function mix(s: Scope, x: Value, { outInit = xavierUniform }: CausalAttentionOptions): Value {
  return linear(s.at("out"), x, staticDim(x, -1), { init: outInit, biasInit: zeros });
}

function headWidth(x: Value, heads: number): number {
  const size = staticDim(x, -1);
  if (size % heads === 0) return size / heads;
  throw graphError("causalAttention", `width ${size} does not split into ${heads} heads`, [x]);
}

/** 0 where a place may look, a large negative number at those after it. */
function futureMask(length: number): Value {
  const mask = new Float64Array(length * length).map((_, i) =>
    i % length > Math.floor(i / length) ? -1e9 : 0,
  );
  return ops.constant(mask, [1, 1, length, length]);
}
