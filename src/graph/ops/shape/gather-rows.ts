import { type NdArray, sizeOf } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { graphError, staticDim, type Value } from "../../value.ts";

/** Rows of x by index: x [R, ...], indices i32 [...] -> [...indices, ...x's rest]. */
export const gatherRows: Op<[x: Value, indices: Value]> = defineOp(
  {
    name: "gatherRows",
    infer: (inputs) => {
      const [x, indices] = inputs as [Value, Value];
      if (indices.dtype !== "i32" || x.shape.length < 1) {
        throw graphError("gatherRows", "needs a table and i32 indices", inputs);
      }
      return { shape: [...indices.shape, ...x.shape.slice(1)], dtype: x.dtype };
    },
    gradient: ({ ops, grad, inputs }) => {
      const [x, indices] = inputs as [Value, Value];
      return [ops.scatterRows(grad, indices, staticDim(x, 0)), undefined];
    },
    reference: ([x, indices]) => {
      const { shape, data } = x as NdArray;
      const width = sizeOf(shape.slice(1));
      const rows = (indices as NdArray).data;
      const out = new Float64Array(rows.length * width);
      rows.forEach((r, i) => {
        requireIndex("gatherRows", r, shape[0] as number);
        out.set(data.subarray(r * width, (r + 1) * width), i * width);
      });
      return out;
    },
    lower: (emit, inputs) => emit.node("Gather", inputs, { axis: 0 }),
  },
  (apply, x, indices) => apply([x, indices]),
);

/** Throws where a reference rule meets an index that no row has. */
export function requireIndex(op: string, index: number, rows: number): void {
  if (!(index >= 0 && index < rows)) {
    throw graphError(op, `index ${index} is outside 0..${rows - 1}`);
  }
}
