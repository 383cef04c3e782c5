import type { NdArray } from "../nd-array.ts";
import * as ops from "../ops/index.ts";
import { broadcastTo, constant } from "../ops/index.ts";
import { constantData } from "../ops/leaf.ts";
import { rewriteGraph, withInputs } from "../rewrite.ts";
import { elementCount, isStatic, makeValue, sameShape, type Value } from "../value.ts";

/** Above this size a broadcast constant is cheaper to repeat when it is used. */
const largestFolded = 1024;

/** Computes what depends on constants alone, and takes each op's own shortcuts (x+0, x*1, x*0). */
export function foldConstants(outputs: readonly Value[]): Value[] {
  return rewriteGraph(outputs, (original, inputs) => {
    const v = withoutBroadcasts(withInputs(original, inputs));
    if (v.inputs.length === 0) return v;
    const simpler = v.rule.simplify?.(v, ops);
    if (simpler) return simpler;
    if (!isStatic(v.shape) || elementCount(v.shape) > largestFolded) return v;
    if (!v.inputs.every((i) => constantData(i))) return v;
    const arrays = v.inputs.map(
      (i): NdArray => ({
        shape: i.shape as readonly number[],
        data: Float64Array.from(constantData(i) as Float64Array | Int32Array),
      }),
    );
    const data = v.rule.reference(arrays, v.attrs, v.shape);
    return constant(v.dtype === "i32" ? Int32Array.from(data) : data, v.shape, v.dtype);
  });
}

/** Elementwise ops broadcast by themselves: a repeated operand need not be written out first. */
function withoutBroadcasts(v: Value): Value {
  if (!v.rule.elementwise || v.inputs.length === 1) return v;
  let current = v;
  v.inputs.forEach((input, at) => {
    if (input.rule !== broadcastTo.rule) return;
    const inputs = current.inputs.map((i, k) => (k === at ? (input.inputs[0] as Value) : i));
    const shorter = makeValue(v.rule, inputs, v.attrs);
    if (sameShape(shorter.shape, v.shape)) current = shorter;
  });
  return current;
}
