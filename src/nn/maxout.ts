import * as ops from "../graph/ops/index.ts";
import type { Value } from "../graph/value.ts";
import { type LinearOptions, linear } from "./linear.ts";
import type { Scope } from "./scope.ts";

/**
 * The largest of `pieces` affine maps for each feature (arXiv 1302.4389): [N,in] -> [N,features]; rows
 * k features ... (k + 1) features of the weight are piece k.
 */
export function maxout(
  s: Scope,
  x: Value,
  features: number,
  pieces: number,
  options: LinearOptions = {},
): Value {
  const all = linear(s, x, features * pieces, options);
  return ops.reduceMax(ops.reshape(all, [x.shape[0] ?? 1, pieces, features]), [1]);
}
