import * as ops from "../graph/ops/index.ts";
import { graphError, type Value } from "../graph/value.ts";
import type { Scope } from "./scope.ts";

/** Zeroes each element with probability `rate` and scales the rest by 1/(1-rate); x itself in eval mode. */
export function dropout(s: Scope, x: Value, rate: number): Value {
  if (!(rate >= 0 && rate < 1)) {
    throw graphError("dropout", `rate must be in [0, 1), received ${rate}`, [x]);
  }
  if (s.mode === "eval" || rate === 0) return x;
  return s.build(() => {
    const kept = ops.greater(s.noise("dropout", x.shape, "uniform"), ops.scalar(rate));
    return ops.mul(x, ops.mul(ops.cast(kept, "f32"), ops.scalar(1 / (1 - rate))));
  });
}
