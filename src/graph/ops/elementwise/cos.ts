import type { Value } from "../../value.ts";
import { type UnaryOp, unary } from "./elementwise.ts";

/** Cosine. d cos = -sin(x) dx */
export const cos: UnaryOp = unary({
  name: "cos",
  onnx: "Cos",
  f: Math.cos,
  gradient: ({ ops, grad, inputs }) => [ops.neg(ops.mul(grad, ops.sin(inputs[0] as Value)))],
});
