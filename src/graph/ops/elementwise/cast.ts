import type { NdArray } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import type { DType, Value } from "../../value.ts";

const onnxType: Record<DType, number> = { f32: 1, i32: 6, bool: 9 };

/** Converts between f32, i32 (towards zero) and bool (non-zero is true). Not differentiable. */
export const cast: Op<[x: Value, to: DType]> = defineOp(
  {
    name: "cast",
    elementwise: true,
    infer: ([x], attrs) => ({ shape: (x as Value).shape, dtype: attrs.to as DType }),
    reference: ([x], attrs) => {
      const { data } = x as NdArray;
      if (attrs.to === "i32") return data.map(Math.trunc);
      return attrs.to === "bool" ? data.map((v) => Number(v !== 0)) : data;
    },
    lower: (emit, inputs, value) =>
      emit.node("Cast", inputs, { to: onnxType[value.attrs.to as DType] }),
  },
  (apply, x, to) => (x.dtype === to ? x : apply([x], { to })),
);
