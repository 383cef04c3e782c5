import { type NdArray, stridedOffsets, stridesOf } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { type Dim, graphError, type Value } from "../../value.ts";

/** Permutes axes: output axis i is input axis order[i]. Reverses them by default. */
export const transpose: Op<[x: Value, order?: readonly number[]]> = defineOp(
  {
    name: "transpose",
    infer: ([x], attrs) => {
      const { shape, dtype } = x as Value;
      const order = attrs.order as readonly number[];
      if (
        [...order].sort((a, b) => a - b).some((a, i) => a !== i) ||
        order.length !== shape.length
      ) {
        throw graphError("transpose", `[${order.join(",")}] is no order of ${shape.length} axes`);
      }
      return { shape: order.map((a) => shape[a] as Dim), dtype };
    },
    gradient: ({ ops, grad, attrs }) => {
      const order = attrs.order as readonly number[];
      return [
        ops.transpose(
          grad,
          order.map((_, i) => order.indexOf(i)),
        ),
      ];
    },
    reference: ([x], attrs) => {
      const { shape, data } = x as NdArray;
      const order = attrs.order as readonly number[];
      const strides = stridesOf(shape);
      const from = stridedOffsets(
        order.map((a) => shape[a] as number),
        order.map((a) => strides[a] as number),
      );
      return Float64Array.from(from, (i) => data[i] as number);
    },
    lower: (emit, inputs, value) =>
      emit.node("Transpose", inputs, { perm: value.attrs.order as readonly number[] }),
  },
  (apply, x, order) => {
    const perm = order ?? x.shape.map((_, i) => x.shape.length - 1 - i);
    return perm.every((a, i) => a === i) && perm.length === x.shape.length
      ? x
      : apply([x], { order: perm });
  },
);
