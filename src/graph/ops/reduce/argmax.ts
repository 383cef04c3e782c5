import { type NdArray, stridesOf } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import type { Value } from "../../value.ts";
import { normalAxes } from "./reduction.ts";

/** The index of the first largest element along an axis, as i32; the axis is dropped. */
export const argmax: Op<[x: Value, axis?: number]> = defineOp(
  {
    name: "argmax",
    infer: ([x], attrs) => ({
      shape: (x as Value).shape.filter((_, i) => i !== attrs.axis),
      dtype: "i32",
    }),
    reference: ([x], attrs) => {
      const { shape, data } = x as NdArray;
      const axis = attrs.axis as number;
      const length = shape[axis] as number;
      const stride = stridesOf(shape)[axis] as number;
      return new Float64Array(data.length / length).map((_, i) => {
        const start = Math.floor(i / stride) * stride * length + (i % stride);
        let best = 0;
        for (let k = 1; k < length; k++) {
          if ((data[start + k * stride] as number) > (data[start + best * stride] as number))
            best = k;
        }
        return best;
      });
    },
    lower: (emit, inputs, value) =>
      emit.node(
        "Cast",
        [emit.node("ArgMax", inputs, { axis: value.attrs.axis as number, keepdims: 0 })],
        { to: 6 },
      ),
  },
  (apply, x, axis = -1) => apply([x], { axis: normalAxes("argmax", x, [axis])[0] as number }),
);
