import type { NdArray } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { type AttrValue, graphError, type Value } from "../../value.ts";
import { requireFloat } from "./elementwise.ts";

/** 1 where x > 0, `slope` elsewhere: the derivative of leakyRelu. Flat almost everywhere. */
export const leakyMask: Op<[x: Value, slope: number]> = defineOp(
  {
    name: "leakyMask",
    elementwise: true,
    infer: (inputs, attrs) => {
      requireFloat("leakyMask", inputs);
      requireSlope("leakyMask", attrs.slope);
      return { shape: (inputs[0] as Value).shape, dtype: "f32" };
    },
    gradient: () => [undefined],
    reference: ([x], attrs) =>
      (x as NdArray).data.map((v) => (v > 0 ? 1 : (attrs.slope as number))),
    // A product and a clip are cheaper on every backend than a comparison, a cast and a select.
    lower: (emit, inputs, value) => {
      const steep = emit.node("Mul", [inputs[0] as string, emit.scalar(1e30)]);
      return emit.node("Clip", [steep, emit.scalar(value.attrs.slope as number), emit.scalar(1)]);
    },
  },
  (apply, x, slope) => apply([x], { slope }),
);

/** The sign of leakyRelu's output tells the input's, and Clip's bounds are in order, in [0, 1] only. */
export function requireSlope(op: string, slope: AttrValue): void {
  if (!(typeof slope === "number" && slope >= 0 && slope <= 1)) {
    throw graphError(op, `the slope must be in 0..1, received ${slope}`);
  }
}
