import { broadcastOffsets, type NdArray } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import {
  formatShape,
  graphError,
  isStatic,
  type Shape,
  sameShape,
  type Value,
} from "../../value.ts";

/** x repeated along its axes of size 1 (and new leading ones) until it has `shape`. */
export const broadcastTo: Op<[x: Value, shape: Shape]> = defineOp(
  {
    name: "broadcastTo",
    infer: (inputs, attrs) => {
      const [x] = inputs as [Value];
      const shape = attrs.shape as Shape;
      const lead = shape.length - x.shape.length;
      if (lead < 0 || x.shape.some((d, i) => d !== 1 && d !== shape[lead + i])) {
        throw graphError("broadcastTo", `cannot become ${formatShape(shape)}`, inputs);
      }
      if (!isStatic(shape)) {
        throw graphError("broadcastTo", `${formatShape(shape)} must be static`, inputs);
      }
      return { shape, dtype: x.dtype };
    },
    gradient: ({ ops, grad, inputs }) => [ops.sumTo(grad, (inputs[0] as Value).shape)],
    simplify: (v) => {
      const x = v.inputs[0] as Value;
      return sameShape(x.shape, v.shape) ? x : undefined;
    },
    reference: ([x], _attrs, shape) => {
      const { data } = x as NdArray;
      return Float64Array.from(
        broadcastOffsets((x as NdArray).shape, shape),
        (i) => data[i] as number,
      );
    },
    lower: (emit, inputs, value) =>
      emit.node("Expand", [inputs[0] as string, emit.ints(value.shape as readonly number[])]),
  },
  (apply, x, shape) => (sameShape(x.shape, shape) ? x : apply([x], { shape })),
);
