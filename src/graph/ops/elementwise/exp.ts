import { type UnaryOp, unary } from "./elementwise.ts";

/** exp(x). d exp = exp(x) dx */
export const exp: UnaryOp = unary({
  name: "exp",
  onnx: "Exp",
  f: Math.exp,
  gradient: ({ ops, grad, output }) => [ops.mul(grad, output)],
});
