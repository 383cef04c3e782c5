import { type UnaryOp, unary } from "./elementwise.ts";

/** Hyperbolic tangent. d tanh = (1 - tanh(x)^2) dx */
export const tanh: UnaryOp = unary({
  name: "tanh",
  onnx: "Tanh",
  f: Math.tanh,
  gradient: ({ ops, grad, output }) => [
    ops.mul(grad, ops.sub(ops.scalar(1), ops.mul(output, output))),
  ],
});
