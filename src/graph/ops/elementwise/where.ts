import { broadcastOffsets, type NdArray } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { graphError, type Value } from "../../value.ts";
import { broadcastShapes, requireFloat } from "./elementwise.ts";

/** a where condition holds, b elsewhere, broadcast together. */
export const where: Op<[condition: Value, a: Value, b: Value]> = defineOp(
  {
    name: "where",
    elementwise: true,
    infer: (inputs) => {
      const [condition, a, b] = inputs as [Value, Value, Value];
      if (condition.dtype !== "bool") {
        throw graphError(
          "where",
          `the condition must be bool, received ${condition.dtype}`,
          inputs,
        );
      }
      requireFloat("where", [a, b]);
      return { shape: broadcastShapes("where", inputs), dtype: "f32" };
    },
    gradient: ({ ops, grad, inputs }) => {
      const [condition, a, b] = inputs as [Value, Value, Value];
      const zero = ops.scalar(0);
      return [
        undefined,
        ops.sumTo(ops.where(condition, grad, zero), a.shape),
        ops.sumTo(ops.where(condition, zero, grad), b.shape),
      ];
    },
    reference: (inputs, _attrs, shape) => {
      const [c, a, b] = inputs as [NdArray, NdArray, NdArray];
      const [ic, ia, ib] = [c, a, b].map((x) => broadcastOffsets(x.shape, shape)) as [
        Int32Array,
        Int32Array,
        Int32Array,
      ];
      return new Float64Array(ic.length).map((_, i) =>
        c.data[ic[i] as number]
          ? (a.data[ia[i] as number] as number)
          : (b.data[ib[i] as number] as number),
      );
    },
    lower: (emit, inputs) => emit.node("Where", inputs),
  },
  (apply, condition, a, b) => apply([condition, a, b]),
);
