import type { Value } from "../../value.ts";
import { type BinaryOp, binary } from "./elementwise.ts";

/** min(a, b). At ties the gradient goes to a. */
export const minimum: BinaryOp = binary({
  name: "minimum",
  onnx: "Min",
  f: (a, b) => Math.min(a, b),
  lower: (emit, [x, y], { inputs }) => {
    const [a, b] = inputs as [Value, Value];
    const bounded = a.rule.name === "leakyRelu" && b.rule.name === "constant";
    // ONNX Runtime fuses Relu and Clip into the convolution before them: ReLU6.
    return bounded && b.shape.length === 0
      ? emit.node("Clip", [x as string, "", y as string])
      : emit.node("Min", [x as string, y as string]);
  },
  gradient: ({ ops, grad, inputs }) => {
    const [a, b] = inputs as [Value, Value];
    const bWins = ops.cast(ops.greater(a, b), "f32");
    return [ops.mul(grad, ops.sub(ops.scalar(1), bWins)), ops.mul(grad, bWins)];
  },
});
