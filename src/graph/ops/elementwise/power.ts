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
      // 0 * x^-1 would be NaN at 0.
      if (p === 0) return [undefined];
      const slope = ops.mul(ops.scalar(p), ops.power(inputs[0] as Value, p - 1));
      return [ops.mul(grad, slope)];
    },
    simplify: (v, ops) => {
      const x = v.inputs[0] as Value;
      if (v.attrs.p === 1) return x;
      if (v.attrs.p === 2) return ops.mul(x, x);
      return v.attrs.p === 0.5 ? ops.sqrt(x) : undefined;
    },
    reference: ([x], attrs) => (x as NdArray).data.map((v) => v ** (attrs.p as number)),
    lower: (emit, inputs, value) =>
      emit.node("Pow", [inputs[0] as string, emit.scalar(value.attrs.p as number)]),
  },
  (apply, x, p) => apply([x], { p }),
);
