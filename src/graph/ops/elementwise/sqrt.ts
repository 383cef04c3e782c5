import { type UnaryOp, unary } from "./elementwise.ts";

/** Square root. d sqrt = dx / (2 sqrt(x)) */
export const sqrt: UnaryOp = unary({
  name: "sqrt",
  onnx: "Sqrt",
  f: Math.sqrt,
  gradient: ({ ops, grad, output }) => [ops.div(ops.mul(grad, ops.scalar(0.5)), output)],
});
