import type { NdArray } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import type { Value } from "../../value.ts";
import { requireFloat } from "../elementwise/elementwise.ts";
import { normalAxes } from "./reduction.ts";
import { alongAxis } from "./softmax.ts";

/** x - log sum exp(x) along an axis. d ls = dx - softmax(x) sum(dx) */
export const logSoftmax: Op<[x: Value, axis?: number]> = defineOp(
  {
    name: "logSoftmax",
    infer: (inputs) => {
      requireFloat("logSoftmax", inputs);
      return { shape: (inputs[0] as Value).shape, dtype: "f32" };
    },
    gradient: ({ ops, grad, inputs, attrs }) => {
      const axis = attrs.axis as number;
      const p = ops.softmax(inputs[0] as Value, axis);
      return [ops.sub(grad, ops.mul(p, ops.reduceSum(grad, [axis], true)))];
    },
    reference: ([x], attrs) =>
      alongAxis(x as NdArray, attrs.axis as number, (row) => {
        const top = Math.max(...row);
        const total = Math.log(row.reduce((a, v) => a + Math.exp(v - top), 0)) + top;
        return row.map((v) => v - total);
      }),
    lower: (emit, inputs, value) =>
      emit.node("LogSoftmax", inputs, { axis: value.attrs.axis as number }),
  },
  (apply, x, axis = -1) => apply([x], { axis: normalAxes("logSoftmax", x, [axis])[0] as number }),
);
