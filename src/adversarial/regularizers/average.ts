import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import type { Resources } from "../regularizer.ts";

/**
 * A moving average over the steps of a number [], as it was before this one; starts at 0. It becomes
 * decay times itself plus the rest of `now`.
 */
export function average(
  { kept, keep }: Pick<Resources, "kept" | "keep">,
  name: string,
  now: Value,
  decay: number,
): Value {
  const before = kept(name, 0);
  const old = ops.mul(before, ops.scalar(decay));
  keep(name, ops.add(old, ops.mul(now, ops.scalar(1 - decay))));
  return before;
}
