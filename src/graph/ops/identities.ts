import type { Ops } from "../op.ts";
import { isStatic, sameShape, type Value } from "../value.ts";
import { constantData } from "./leaf.ts";
import { broadcastTo } from "./shape/broadcast-to.ts";

/** Whether every element is the constant `x`. */
export function isUniform(v: Value, x: number): boolean {
  if (v.rule === broadcastTo.rule) return isUniform(v.inputs[0] as Value, x);
  return constantData(v)?.every((d) => d === x) ?? false;
}

/** a, where b is the constant `unit` and leaves a's shape as it is. */
export function keepsLeft(v: Value, unit: number): Value | undefined {
  const [a, b] = v.inputs as [Value, Value];
  return isUniform(b, unit) && sameShape(a.shape, v.shape) ? a : undefined;
}

/** b, where a is the constant `unit` and leaves b's shape as it is. */
export function keepsRight(v: Value, unit: number): Value | undefined {
  const [a, b] = v.inputs as [Value, Value];
  return isUniform(a, unit) && sameShape(b.shape, v.shape) ? b : undefined;
}

/** Zeros, where either operand is zero: gradients that vanish must not be computed. */
export function vanishes(v: Value, ops: Ops): Value | undefined {
  return v.inputs.some((i) => isUniform(i, 0)) && isStatic(v.shape)
    ? ops.broadcastTo(ops.scalar(0), v.shape)
    : undefined;
}
