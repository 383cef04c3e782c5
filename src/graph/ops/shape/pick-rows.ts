import type { NdArray } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { graphError, staticDim, type Value } from "../../value.ts";
import { asInt64 } from "../as-int64.ts";
import { requireIndex } from "./gather-rows.ts";

/** Rows of each matrix by index: x [N,R,C], indices i32 [N,K] -> [N,K,C]. */
export const pickRows: Op<[x: Value, indices: Value]> = defineOp(
  {
    name: "pickRows",
    infer: (inputs) => {
      const [x, indices] = inputs as [Value, Value];
      const [count, rows, width] = x.shape;
      const [own, picked] = indices.shape;
      if (
        indices.dtype !== "i32" ||
        x.dtype !== "f32" ||
        x.shape.length !== 3 ||
        indices.shape.length !== 2 ||
        count !== own ||
        typeof rows !== "number"
      ) {
        throw graphError("pickRows", "needs x [N,R,C] and i32 indices [N,K]", inputs);
      }
      return { shape: [count, picked, width] as Value["shape"], dtype: x.dtype };
    },
    gradient: ({ ops, grad, inputs }) => {
      const [x, indices] = inputs as [Value, Value];
      const chosen = ops.oneHot(indices, staticDim(x, 1));
      return [ops.matMul(ops.transpose(chosen, [0, 2, 1]), grad), undefined];
    },
    reference: ([x, indices]) => {
      const { shape, data } = x as NdArray;
      const [rows, width] = shape.slice(1) as [number, number];
      const [, picked] = (indices as NdArray).shape as [number, number];
      const chosen = (indices as NdArray).data;
      const out = new Float64Array(chosen.length * width);
      chosen.forEach((r, i) => {
        requireIndex("pickRows", r, rows);
        const from = (Math.floor(i / picked) * rows + r) * width;
        out.set(data.subarray(from, from + width), i * width);
      });
      return out;
    },
    lower: (emit, [x, indices]) => {
      const last = emit.node("Unsqueeze", [indices as string, emit.ints([-1])]);
      return emit.node("GatherND", [x as string, asInt64(emit, last)], { batch_dims: 1 });
    },
  },
  (apply, x, indices) => apply([x, indices]),
);
