import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";

/** 0, 1, ... size - 1 along one axis of a shape. */
export function positions(size: number, shape: readonly number[]): Value {
  return ops.constant(
    Array.from({ length: size }, (_, i) => i),
    shape,
  );
}

/** A whole number of 0 ... count - 1 from a uniform one in [0, 1). */
export function whole(u: Value, count: number): Value {
  return ops.cast(ops.cast(ops.mul(u, ops.scalar(count)), "i32"), "f32");
}
