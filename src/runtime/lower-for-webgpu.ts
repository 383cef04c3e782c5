import * as ops from "../graph/ops/index.ts";
import { rewriteGraph, withInputs } from "../graph/rewrite.ts";
import type { Value } from "../graph/value.ts";

/** Ops without a WebGPU kernel, in terms of ops that have one: the data must not leave the GPU. */
const replacements = new Map<unknown, (value: Value) => Value>([
  [
    ops.logSoftmax.rule,
    (v) => {
      const x = v.inputs[0] as Value;
      const axes = [v.attrs.axis as number];
      const shifted = ops.sub(x, ops.reduceMax(x, axes, true));
      return ops.sub(shifted, ops.log(ops.reduceSum(ops.exp(shifted), axes, true)));
    },
  ],
  [
    ops.sign.rule,
    (v) => {
      const x = v.inputs[0] as Value;
      const [above, below] = [ops.greater(x, ops.scalar(0)), ops.greater(ops.scalar(0), x)];
      return ops.sub(ops.cast(above, "f32"), ops.cast(below, "f32"));
    },
  ],
]);

/**
 * The pass that suits ONNX Runtime's WebGPU provider. What still has no kernel there runs on the
 * CPU, with copies to and fro: argmax, leastKept, and slices and transposes of integers and truth values.
 */
export function lowerForWebgpu(outputs: readonly Value[]): Value[] {
  return rewriteGraph(outputs, (original, inputs) => {
    const value = withInputs(original, inputs);
    return replacements.get(value.rule)?.(value) ?? value;
  });
}
