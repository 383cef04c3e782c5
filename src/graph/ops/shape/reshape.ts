import type { NdArray } from "../../nd-array.ts";
import { defineOp, type Emitter, type Op } from "../../op.ts";
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
      const [x] = inputs as [string];
      if (movesNames(from, value.shape) && sameShape(withoutOnes(from), withoutOnes(value.shape))) {
        const bare = withOnes(emit, "Squeeze", x, from);
        return withOnes(emit, "Unsqueeze", bare, value.shape);
      }
      // ONNX takes one size as given by the rest (-1), and others from the same axis of x (0).
      const sizes = value.shape.map((d, i) => (typeof d === "number" ? d : from[i] === d ? 0 : -1));
      if (sizes.filter((d) => d === -1).length > 1) {
        throw graphError("reshape", `ONNX cannot say [${value.shape.join(",")}]`, value.inputs);
      }
      const empty = isStatic(value.shape) && value.shape.includes(0);
      return emit.node("Reshape", [x, emit.ints(sizes)], empty ? { allowzero: 1 } : {});
    },
  },
  (apply, x, shape) => (sameShape(x.shape, shape) ? x : apply([x], { shape })),
);

/**
 * Whether a symbolic size changes its axis. Reshape makes it an unknown one then, and where a graph has many
 * unknown sizes ONNX Runtime takes seconds to open it: quadratic in their number.
 */
function movesNames(from: Shape, to: Shape): boolean {
  return to.some((d, i) => typeof d === "string" && from[i] !== d);
}

const withoutOnes = (shape: Shape): Shape => shape.filter((d) => d !== 1);

/** Takes the axes of size 1 out of a value, or puts those of its new shape in. */
function withOnes(emit: Emitter, op: "Squeeze" | "Unsqueeze", x: string, shape: Shape): string {
  const axes = shape.flatMap((d, i) => (d === 1 ? [i] : []));
  return axes.length > 0 ? emit.node(op, [x, emit.ints(axes)]) : x;
}
