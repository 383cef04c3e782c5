import type { Value } from "../../value.ts";
import { type UnaryOp, unary } from "./elementwise.ts";

/** Absolute value; its slope at 0 is taken as 0. */
export const abs: UnaryOp = unary({
  name: "abs",
  onnx: "Abs",
  f: Math.abs,
  gradient: ({ ops, grad, inputs }) => [ops.mul(grad, ops.sign(inputs[0] as Value))],
});
