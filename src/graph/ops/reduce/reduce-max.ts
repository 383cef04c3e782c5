import type { Value } from "../../value.ts";
import { axesOf, type ReduceOp, reducedShape, reduction, spread } from "./reduction.ts";

/** The maximum over axes. Where several elements are largest, each gets the whole gradient. */
export const reduceMax: ReduceOp = reduction({
  name: "reduceMax",
  onnx: "ReduceMax",
  f: (group) => group.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  gradient: (context) => {
    const { ops, grad, inputs, output, attrs } = context;
    const x = inputs[0] as Value;
    const top = ops.reshape(output, reducedShape(x.shape, axesOf(attrs)));
    return [ops.mul(spread(context, grad), ops.cast(ops.greaterOrEqual(x, top), "f32"))];
  },
});
