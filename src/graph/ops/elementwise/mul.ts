import type { Value } from "../../value.ts";
import { keepsLeft, keepsRight, vanishes } from "../identities.ts";
import { type BinaryOp, binary } from "./elementwise.ts";

/** a * b. */
export const mul: BinaryOp = binary({
  name: "mul",
  onnx: "Mul",
  f: (a, b) => a * b,
  simplify: (v, ops) => keepsLeft(v, 1) ?? keepsRight(v, 1) ?? vanishes(v, ops),
  gradient: ({ ops, grad, inputs, needs }) => {
    const [a, b] = inputs as [Value, Value];
    return [needs[0] ? ops.mul(grad, b) : undefined, needs[1] ? ops.mul(grad, a) : undefined];
  },
});
