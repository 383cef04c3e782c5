import type { Value } from "../../value.ts";
import { axesOf, type ReduceOp, reducedShape, reduction } from "./reduction.ts";

/** The maximum over axes. Where several elements are largest, they share the gradient. */
export const reduceMax: ReduceOp = reduction({
  name: "reduceMax",
  onnx: "ReduceMax",
  f: (group) => group.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  gradient: (context) => {
    const { ops, grad, inputs, output, attrs } = context;
    const x = inputs[0] as Value;
    const reduced = reducedShape(x.shape, axesOf(attrs));
    const top = ops.reshape(output, reduced);
    const largest = ops.cast(ops.greaterOrEqual(x, top), "f32");
    const share = ops.div(ops.reshape(grad, reduced), ops.reduceSum(largest, axesOf(attrs), true));
    return [ops.mul(share, largest)];
  },
});
