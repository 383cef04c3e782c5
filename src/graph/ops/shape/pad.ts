import { type NdArray, sizeOf } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { type Dim, graphError, staticDim, type Value } from "../../value.ts";
import { normalAxes } from "../reduce/reduction.ts";

/** Zeros before and after along an axis. */
export const pad: Op<[x: Value, axis: number, before: number, after: number]> = defineOp(
  {
    name: "pad",
    infer: ([v], attrs) => {
      const x = v as Value;
      const { axis, before, after } = attrs as { axis: number; before: number; after: number };
      if (![before, after].every((n) => Number.isInteger(n) && n >= 0)) {
        throw graphError("pad", `needs whole numbers >= 0, received ${before} and ${after}`, [x]);
      }
      const size = staticDim(x, axis) + before + after;
      return { shape: x.shape.map((d, i): Dim => (i === axis ? size : d)), dtype: x.dtype };
    },
    gradient: ({ ops, grad, inputs, attrs }) => {
      const { axis, before } = attrs as { axis: number; before: number };
      return [ops.slice(grad, axis, before, before + staticDim(inputs[0] as Value, axis))];
    },
    reference: ([x], attrs, shape) => {
      const { axis, before } = attrs as { axis: number; before: number };
      const { shape: from, data } = x as NdArray;
      const inner = sizeOf(shape.slice(axis + 1));
      const width = (from[axis] as number) * inner;
      const wide = (shape[axis] as number) * inner;
      const out = new Float64Array(sizeOf(shape));
      for (let o = 0; o * width < data.length; o++) {
        out.set(data.subarray(o * width, (o + 1) * width), o * wide + before * inner);
      }
      return out;
    },
    lower: (emit, inputs, value) => {
      const { axis, before, after } = value.attrs as {
        axis: number;
        before: number;
        after: number;
      };
      const pads = value.shape.map((_, i) => (i === axis ? before : 0));
      const ends = value.shape.map((_, i) => (i === axis ? after : 0));
      return emit.node("Pad", [inputs[0] as string, emit.ints([...pads, ...ends])]);
    },
  },
  (apply, x, axis, before, after) =>
    before === 0 && after === 0
      ? x
      : apply([x], { axis: normalAxes("pad", x, [axis])[0] as number, before, after }),
);
