import { type NdArray, stridesOf } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import type { Value } from "../../value.ts";
import { requireFloat } from "../elementwise/elementwise.ts";
import { normalAxes } from "./reduction.ts";

/** exp(x) / sum exp(x) along an axis. d s = s (dx - sum(s dx)) */
export const softmax: Op<[x: Value, axis?: number]> = defineOp(
  {
    name: "softmax",
    infer: (inputs) => {
      requireFloat("softmax", inputs);
      return { shape: (inputs[0] as Value).shape, dtype: "f32" };
    },
    gradient: ({ ops, grad, output, attrs }) => {
      const axis = attrs.axis as number;
      const weighted = ops.mul(grad, output);
      const total = ops.reduceSum(weighted, [axis], true);
      return [ops.sub(weighted, ops.mul(output, total))];
    },
    reference: ([x], attrs) =>
      alongAxis(x as NdArray, attrs.axis as number, (row) => {
        const top = Math.max(...row);
        const e = row.map((v) => Math.exp(v - top));
        const total = e.reduce((a, b) => a + b, 0);
        return e.map((v) => v / total);
      }),
    lower: (emit, inputs, value) =>
      emit.node("Softmax", inputs, { axis: value.attrs.axis as number }),
  },
  (apply, x, axis = -1) => apply([x], { axis: normalAxes("softmax", x, [axis])[0] as number }),
);

/** Replaces each line along `axis` by f(line). */
export function alongAxis(
  { shape, data }: NdArray,
  axis: number,
  f: (line: number[]) => number[],
): Float64Array {
  const length = shape[axis] as number;
  const stride = stridesOf(shape)[axis] as number;
  const out = new Float64Array(data.length);
  for (let start = 0; start < data.length; start++) {
    if (Math.floor(start / stride) % length !== 0) continue;
    const line = f(Array.from({ length }, (_, k) => data[start + k * stride] as number));
    line.forEach((v, k) => {
      out[start + k * stride] = v;
    });
  }
  return out;
}
