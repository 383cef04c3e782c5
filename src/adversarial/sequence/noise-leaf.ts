import { leaf } from "../../graph/ops/leaf.ts";
import type { Dim, Value } from "../../graph/value.ts";
import type { SequenceGenerator } from "./generator.ts";

/** The input `z` [N,Z] of a generator of noise; undefined where it has none. */
export function noiseLeaf({ noise }: SequenceGenerator, rows: Dim): Value | undefined {
  if (noise === undefined) return undefined;
  return leaf("z", [rows, noise], { kind: "noise", distribution: "normal" });
}
