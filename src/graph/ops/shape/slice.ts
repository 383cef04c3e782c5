import { type NdArray, sizeOf } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { type Dim, graphError, staticDim, type Value } from "../../value.ts";
import { normalAxes } from "../reduce/reduction.ts";

/** Elements start..end-1 along an axis (end = its size by default). */
export const slice: Op<[x: Value, axis: number, start: number, end?: number]> = defineOp(
  {
    name: "slice",
    infer: (inputs, attrs) => {
      const [x] = inputs as [Value];
      const { axis, start, end } = attrs as { axis: number; start: number; end: number };
      const whole = Number.isInteger(start) && Number.isInteger(end);
      if (!(whole && start >= 0 && start < end && end <= staticDim(x, axis))) {
        throw graphError("slice", `${start}..${end} is not within axis ${axis}`, inputs);
      }
      return { shape: x.shape.map((d, i): Dim => (i === axis ? end - start : d)), dtype: x.dtype };
    },
    gradient: ({ ops, grad, inputs, attrs }) => {
      const { axis, start, end } = attrs as { axis: number; start: number; end: number };
      return [ops.pad(grad, axis, start, staticDim(inputs[0] as Value, axis) - end)];
    },
    reference: ([x], attrs) => {
      const { shape, data } = x as NdArray;
      const { axis, start, end } = attrs as { axis: number; start: number; end: number };
      const inner = sizeOf(shape.slice(axis + 1));
      const outer = sizeOf(shape.slice(0, axis));
      const width = (shape[axis] as number) * inner;
      const out = new Float64Array(outer * (end - start) * inner);
      for (let o = 0; o < outer; o++) {
        out.set(
          data.subarray(o * width + start * inner, o * width + end * inner),
          o * (end - start) * inner,
        );
      }
      return out;
    },
    lower: (emit, inputs, value) => {
      const { axis, start, end } = value.attrs as { axis: number; start: number; end: number };
      return emit.node("Slice", [
        inputs[0] as string,
        emit.ints([start]),
        emit.ints([end]),
        emit.ints([axis]),
      ]);
    },
  },
  (apply, x, axis, start, end) => {
    const normal = normalAxes("slice", x, [axis])[0] as number;
    const size = staticDim(x, normal);
    return start === 0 && (end ?? size) === size
      ? x
      : apply([x], { axis: normal, start, end: end ?? size });
  },
);
