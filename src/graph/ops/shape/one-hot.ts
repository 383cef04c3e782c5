import type { NdArray } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { graphError, type Value } from "../../value.ts";

/** indices i32 [...] -> f32 [..., classes] with a single 1. Not differentiable. */
export const oneHot: Op<[indices: Value, classes: number]> = defineOp(
  {
    name: "oneHot",
    infer: (inputs, attrs) => {
      const [indices] = inputs as [Value];
      if (indices.dtype !== "i32") throw graphError("oneHot", "needs i32 indices", inputs);
      return { shape: [...indices.shape, attrs.classes as number], dtype: "f32" };
    },
    reference: ([indices], attrs) => {
      const classes = attrs.classes as number;
      const out = new Float64Array((indices as NdArray).data.length * classes);
      (indices as NdArray).data.forEach((c, i) => {
        out[i * classes + c] = 1;
      });
      return out;
    },
    lower: (emit, inputs, value) => {
      const depth = emit.ints([value.attrs.classes as number]);
      const levels = emit.constant(Float32Array.of(0, 1), [2]);
      // The CPU provider has no OneHot for (int32, float, int64); with int64 indices it has.
      const wide = emit.node("Cast", inputs, { to: 7 });
      return emit.node("OneHot", [wide, depth, levels], { axis: -1 });
    },
  },
  (apply, indices, classes) => apply([indices], { classes }),
);
