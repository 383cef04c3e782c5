import type { NdArray } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import type { Value } from "../../value.ts";
import { requireFloat } from "./elementwise.ts";

/** x^p for a constant p. d x^p = p x^(p-1) dx */
export const power: Op<[x: Value, p: number]> = defineOp(
  {
    name: "power",
    elementwise: true,
    infer: (inputs) => {
      requireFloat("power", inputs);
      return { shape: (inputs[0] as Value).shape, dtype: "f32" };
    },
    gradient: ({ ops, grad, inputs, attrs }) => {
      const p = attrs.p as number;
      const slope = ops.mul(ops.scalar(p), ops.power(inputs[0] as Value, p - 1));
      return [ops.mul(grad, slope)];
    },
    reference: ([x], attrs) => (x as NdArray).data.map((v) => v ** (attrs.p as number)),
    lower: (emit, inputs, value) =>
      emit.node("Pow", [inputs[0] as string, emit.scalar(value.attrs.p as number)]),
  },
  (apply, x, p) => apply([x], { p }),
);
