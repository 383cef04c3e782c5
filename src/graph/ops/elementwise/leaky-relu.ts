import type { NdArray } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import type { Value } from "../../value.ts";
import { requireFloat } from "./elementwise.ts";
import { requireSlope } from "./leaky-mask.ts";

/** max(x, 0) + slope min(x, 0) for a slope in [0, 1]; slope 0 is ReLU. Its derivative at 0 is the slope. */
export const leakyRelu: Op<[x: Value, slope?: number]> = defineOp(
  {
    name: "leakyRelu",
    elementwise: true,
    infer: (inputs, attrs) => {
      requireFloat("leakyRelu", inputs);
      requireSlope("leakyRelu", attrs.slope);
      return { shape: (inputs[0] as Value).shape, dtype: "f32" };
    },
    // The output has the input's sign, so the input need not be kept for the backward pass.
    gradient: ({ ops, grad, output, attrs }) => [
      ops.mul(grad, ops.leakyMask(output, attrs.slope as number)),
    ],
    reference: ([x], attrs) =>
      (x as NdArray).data.map((v) => (v > 0 ? v : v * (attrs.slope as number))),
    lower: (emit, inputs, value) => {
      const slope = value.attrs.slope as number;
      return slope === 0
        ? emit.node("Relu", inputs)
        : emit.node("LeakyRelu", inputs, { alpha: { float: slope } });
    },
  },
  (apply, x, slope = 0.2) => apply([x], { slope }),
);

/** max(x, 0). */
export function relu(x: Value): Value {
  return leakyRelu(x, 0);
}
