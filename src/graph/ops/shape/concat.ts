import { type NdArray, sizeOf } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { type Dim, graphError, type Value } from "../../value.ts";
import { normalAxes } from "../reduce/reduction.ts";

/** Joins values along an axis; their other sizes must agree. */
export const concat: Op<[values: readonly Value[], axis: number]> = defineOp(
  {
    name: "concat",
    infer: (inputs, attrs) => {
      const axis = attrs.axis as number;
      const first = inputs[0] as Value;
      let total = 0;
      for (const v of inputs) {
        const d = v.shape[axis];
        if (
          typeof d !== "number" ||
          v.dtype !== first.dtype ||
          v.shape.length !== first.shape.length ||
          v.shape.some((s, i) => i !== axis && s !== first.shape[i])
        ) {
          throw graphError("concat", `inputs do not join along axis ${axis}`, inputs);
        }
        total += d;
      }
      return {
        shape: first.shape.map((d, i): Dim => (i === axis ? total : d)),
        dtype: first.dtype,
      };
    },
    gradient: ({ ops, grad, inputs, attrs, needs }) => {
      const axis = attrs.axis as number;
      let start = 0;
      return inputs.map((v, i) => {
        const from = start;
        start += v.shape[axis] as number;
        return needs[i] ? ops.slice(grad, axis, from, start) : undefined;
      });
    },
    reference: (inputs, attrs, shape) => {
      const axis = attrs.axis as number;
      const inner = sizeOf(shape.slice(axis + 1));
      const outer = sizeOf(shape.slice(0, axis));
      const row = (shape[axis] as number) * inner;
      const out = new Float64Array(outer * row);
      let at = 0;
      for (const { shape: s, data } of inputs as NdArray[]) {
        const width = (s[axis] as number) * inner;
        for (let o = 0; o < outer; o++) {
          out.set(data.subarray(o * width, (o + 1) * width), o * row + at);
        }
        at += width;
      }
      return out;
    },
    lower: (emit, inputs, value) =>
      emit.node("Concat", inputs, { axis: value.attrs.axis as number }),
  },
  (apply, values, axis) => {
    const first = values[0];
    if (!first) throw graphError("concat", "needs at least one input");
    return values.length === 1
      ? first
      : apply(values, { axis: normalAxes("concat", first, [axis])[0] as number });
  },
);
