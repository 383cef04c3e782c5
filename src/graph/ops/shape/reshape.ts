import type { NdArray } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { graphError, type Shape, sameShape, type Value } from "../../value.ts";

/** The same elements in row-major order under another shape; symbolic sizes must be kept. */
export const reshape: Op<[x: Value, shape: Shape]> = defineOp(
  {
    name: "reshape",
    infer: ([x], attrs) => {
      const from = (x as Value).shape;
      const to = attrs.shape as Shape;
      const known = (s: Shape) =>
        s.reduce<number>((n, d) => (typeof d === "number" ? n * d : n), 1);
      const named = (s: Shape) => s.filter((d) => typeof d === "string").join();
      if (known(from) !== known(to) || named(from) !== named(to)) {
        throw graphError("reshape", `[${from.join(",")}] does not fit [${to.join(",")}]`);
      }
      return { shape: to, dtype: (x as Value).dtype };
    },
    gradient: ({ ops, grad, inputs }) => [ops.reshape(grad, (inputs[0] as Value).shape)],
    simplify: (v, ops) => {
      const x = v.inputs[0] as Value;
      if (sameShape(x.shape, v.shape)) return x;
      return x.rule === v.rule ? ops.reshape(x.inputs[0] as Value, v.shape) : undefined;
    },
    reference: ([x]) => (x as NdArray).data,
    lower: (emit, inputs, value) =>
      emit.node("Reshape", [
        inputs[0] as string,
        emit.ints(value.shape.map((d) => (typeof d === "number" ? d : -1))),
      ]),
  },
  (apply, x, shape) => (sameShape(x.shape, shape) ? x : apply([x], { shape })),
);
