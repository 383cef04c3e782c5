import type { NdArray } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { graphError, isStatic, type Shape, sameShape, type Value } from "../../value.ts";

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
    lower: (emit, inputs, value) => {
      const from = (value.inputs[0] as Value).shape;
      // ONNX takes one size as given by the rest (-1), and others from the same axis of x (0).
      const sizes = value.shape.map((d, i) => (typeof d === "number" ? d : from[i] === d ? 0 : -1));
      if (sizes.filter((d) => d === -1).length > 1) {
        throw graphError("reshape", `ONNX cannot say [${value.shape.join(",")}]`, value.inputs);
      }
      const empty = isStatic(value.shape) && value.shape.includes(0);
      const output = emit.node(
        "Reshape",
        [inputs[0] as string, emit.ints(sizes)],
        empty ? { allowzero: 1 } : {},
      );
      const unnamed = sizes.some((d, i) => d === -1 && typeof value.shape[i] === "string");
      return unnamed ? emit.stated(output, value) : output;
    },
  },
  (apply, x, shape) => (sameShape(x.shape, shape) ? x : apply([x], { shape })),
);
