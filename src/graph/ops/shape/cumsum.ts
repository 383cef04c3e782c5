import type { NdArray } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import type { Value } from "../../value.ts";
import { requireFloat } from "../elementwise/elementwise.ts";
import { normalAxes } from "../reduce/reduction.ts";
import { alongAxis } from "../reduce/softmax.ts";

/** The running sum along an axis, from the end when `reverse`. */
export const cumsum: Op<[x: Value, axis: number, reverse?: boolean]> = defineOp(
  {
    name: "cumsum",
    infer: (inputs) => {
      requireFloat("cumsum", inputs);
      return { shape: (inputs[0] as Value).shape, dtype: "f32" };
    },
    gradient: ({ ops, grad, attrs }) => [ops.cumsum(grad, attrs.axis as number, !attrs.reverse)],
    reference: ([x], attrs) =>
      alongAxis(x as NdArray, attrs.axis as number, (line) => {
        const ordered = attrs.reverse ? line.reverse() : line;
        let total = 0;
        const sums = ordered.map((v) => {
          total += v;
          return total;
        });
        return attrs.reverse ? sums.reverse() : sums;
      }),
    lower: (emit, inputs, value) =>
      emit.node("CumSum", [inputs[0] as string, emit.scalar(value.attrs.axis as number, "i32")], {
        reverse: value.attrs.reverse ? 1 : 0,
      }),
  },
  (apply, x, axis, reverse = false) =>
    apply([x], { axis: normalAxes("cumsum", x, [axis])[0] as number, reverse }),
);
