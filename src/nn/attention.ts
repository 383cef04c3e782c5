import * as ops from "../graph/ops/index.ts";
import { type Dim, graphError, staticDim, type Value } from "../graph/value.ts";
import { xavierUniform, zeros } from "./initializers.ts";
import { linear } from "./linear.ts";
import type { Scope } from "./scope.ts";

export interface AttentionOptions {
  readonly heads: number;
  /** Each position sees itself and what stands before it; default false. */
  readonly causal?: boolean;
}

/**
 * Multi-head scaled dot-product attention (arXiv 1706.03762):
 * queries [N,T,E], context [N,S,E] (the queries themselves by default) -> [N,T,E].
 */
export function multiHeadAttention(
  s: Scope,
  x: Value,
  options: AttentionOptions,
  context: Value = x,
): Value {
  const { heads, causal = false } = options;
  return s.build(() => {
    const width = staticDim(x, 2);
    if (width % heads !== 0) {
      throw graphError("attention", `width ${width} does not split into ${heads} heads`, [x]);
    }
    const init = { init: xavierUniform, biasInit: zeros };
    const split = (name: string, v: Value) => {
      const t = staticDim(v, 1);
      const projected = linear(s.at(name), v, width, init);
      const shape: Dim[] = [v.shape[0] as Dim, t, heads, width / heads];
      return ops.transpose(ops.reshape(projected, shape), [0, 2, 1, 3]);
    };
    const [q, k, v] = [split("query", x), split("key", context), split("value", context)] as const;
    const scaled = ops.mul(q, ops.scalar(1 / Math.sqrt(width / heads)));
    const scores = ops.matMul(scaled, k, { transB: true });
    const visible = causal
      ? ops.add(scores, causalMask(staticDim(x, 1), staticDim(context, 1)))
      : scores;
    const mixed = ops.transpose(ops.matMul(ops.softmax(visible, -1), v), [0, 2, 1, 3]);
    return linear(s.at("out"), ops.reshape(mixed, x.shape), width, init);
  });
}

/** 0 where a position may look, a large negative number where it may not. */
function causalMask(t: number, s: number): Value {
  const mask = new Float64Array(t * s).map((_, i) =>
    i % s > Math.floor(i / s) + s - t ? -1e9 : 0,
  );
  return ops.constant(mask, [1, 1, t, s]);
}
