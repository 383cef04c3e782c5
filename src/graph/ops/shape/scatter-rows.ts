import { type NdArray, sizeOf } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { type Dim, graphError, type Value } from "../../value.ts";
import { asInt64 } from "../as-int64.ts";
import { requireIndex } from "./gather-rows.ts";

/** Adds rows into a zero table [rows, ...] at their indices: the transpose of gatherRows. */
export const scatterRows: Op<[updates: Value, indices: Value, rows: number]> = defineOp(
  {
    name: "scatterRows",
    infer: (inputs, attrs) => {
      const [updates, indices] = inputs as [Value, Value];
      const lead = indices.shape.length;
      if (
        indices.dtype !== "i32" ||
        updates.dtype === "bool" ||
        indices.shape.some((d, i) => d !== updates.shape[i])
      ) {
        throw graphError("scatterRows", "needs one i32 index a row of numbers", inputs);
      }
      return { shape: [attrs.rows as Dim, ...updates.shape.slice(lead)], dtype: updates.dtype };
    },
    gradient: ({ ops, grad, inputs }) => [ops.gatherRows(grad, inputs[1] as Value), undefined],
    reference: ([updates, indices], _attrs, shape) => {
      const out = new Float64Array(sizeOf(shape));
      const width = sizeOf(shape.slice(1));
      const { data } = updates as NdArray;
      (indices as NdArray).data.forEach((r, i) => {
        requireIndex("scatterRows", r, shape[0] as number);
        for (let k = 0; k < width; k++) {
          out[r * width + k] = (out[r * width + k] as number) + (data[i * width + k] as number);
        }
      });
      return out;
    },
    lower: (emit, inputs, value) => {
      const dims = value.shape as readonly number[];
      const zeros = emit.node("Expand", [emit.scalar(0, value.dtype), emit.ints(dims)]);
      const at = emit.node("Unsqueeze", [inputs[1] as string, emit.ints([-1])]);
      const wide = asInt64(emit, at);
      return emit.node("ScatterND", [zeros, wide, inputs[0] as string], { reduction: "add" });
    },
  },
  (apply, updates, indices, rows) => apply([updates, indices], { rows }),
);
