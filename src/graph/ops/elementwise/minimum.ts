import type { Value } from "../../value.ts";
import { type BinaryOp, binary } from "./elementwise.ts";

/** min(a, b). At ties the gradient goes to a. */
export const minimum: BinaryOp = binary({
  name: "minimum",
  onnx: "Min",
  f: (a, b) => Math.min(a, b),
  gradient: ({ ops, grad, inputs }) => {
    const [a, b] = inputs as [Value, Value];
    const bWins = ops.cast(ops.greater(a, b), "f32");
    return [ops.mul(grad, ops.sub(ops.scalar(1), bWins)), ops.mul(grad, bWins)];
  },
});
