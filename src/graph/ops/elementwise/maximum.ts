import type { Value } from "../../value.ts";
import { type BinaryOp, binary } from "./elementwise.ts";

/** max(a, b). At ties the gradient goes to a. */
export const maximum: BinaryOp = binary({
  name: "maximum",
  onnx: "Max",
  f: (a, b) => Math.max(a, b),
  gradient: ({ ops, grad, inputs }) => {
    const [a, b] = inputs as [Value, Value];
    const bWins = ops.cast(ops.greater(b, a), "f32");
    return [ops.mul(grad, ops.sub(ops.scalar(1), bWins)), ops.mul(grad, bWins)];
  },
});
