import type { NdArray } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { graphError, type Value } from "../../value.ts";
import { requireIndex } from "./gather-rows.ts";

/** indices i32 [...] -> f32 [..., classes] with a single 1. Not differentiable. */
export const oneHot: Op<[indices: Value, classes: number]> = defineOp(
  {
    name: "oneHot",
    infer: (inputs, attrs) => {
      const [indices] = inputs as [Value];
      if (indices.dtype !== "i32") throw graphError("oneHot", "needs i32 indices", inputs);
      const classes = attrs.classes as number;
      if (!(Number.isInteger(classes) && classes >= 1)) {
        throw graphError("oneHot", `needs a whole number of classes >= 1, received ${classes}`);
      }
      return { shape: [...indices.shape, classes], dtype: "f32" };
    },
    reference: ([indices], attrs) => {
      const classes = attrs.classes as number;
      const out = new Float64Array((indices as NdArray).data.length * classes);
      (indices as NdArray).data.forEach((c, i) => {
        requireIndex("oneHot", c, classes);
        out[i * classes + c] = 1;
      });
      return out;
    },
    lower: (emit, inputs, value) => {
      // ONNX's OneHot has kernels for few combinations of types, and none on WebGPU.
      const classes = Int32Array.from({ length: value.attrs.classes as number }, (_, c) => c);
      const column = emit.node("Unsqueeze", [inputs[0] as string, emit.ints([-1])]);
      const hits = emit.node("Equal", [column, emit.constant(classes, [classes.length])]);
      return emit.node("Cast", [hits], { to: 1 });
    },
  },
  (apply, indices, classes) => apply([indices], { classes }),
);
