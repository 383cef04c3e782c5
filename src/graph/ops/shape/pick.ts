import { type NdArray, sizeOf } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { graphError, staticDim, type Value } from "../../value.ts";
import { requireIndex } from "./gather-rows.ts";

/** One element of each last row: x [...,C], indices i32 [...] -> [...]. */
export const pick: Op<[x: Value, indices: Value]> = defineOp(
  {
    name: "pick",
    infer: (inputs) => {
      const [x, indices] = inputs as [Value, Value];
      const lead = x.shape.slice(0, -1);
      if (
        indices.dtype !== "i32" ||
        x.dtype !== "f32" ||
        lead.length !== indices.shape.length ||
        lead.some((d, i) => d !== indices.shape[i])
      ) {
        throw graphError("pick", "needs one i32 index for each last row", inputs);
      }
      return { shape: lead, dtype: x.dtype };
    },
    gradient: ({ ops, grad, inputs }) => {
      const [x, indices] = inputs as [Value, Value];
      const wide = ops.reshape(grad, [...grad.shape, 1]);
      return [ops.mul(ops.oneHot(indices, staticDim(x, -1)), wide), undefined];
    },
    reference: ([x, indices]) => {
      const { shape, data } = x as NdArray;
      const width = shape.at(-1) as number;
      const rows = (indices as NdArray).data;
      const out = new Float64Array(sizeOf(shape.slice(0, -1)));
      rows.forEach((c, i) => {
        requireIndex("pick", c, width);
        out[i] = data[i * width + c] as number;
      });
      return out;
    },
    lower: (emit, inputs) => {
      const column = emit.node("Unsqueeze", [inputs[1] as string, emit.ints([-1])]);
      const picked = emit.node("GatherElements", [inputs[0] as string, column], { axis: -1 });
      return emit.node("Squeeze", [picked, emit.ints([-1])]);
    },
  },
  (apply, x, indices) => apply([x, indices]),
);
