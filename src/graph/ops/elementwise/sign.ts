import { type UnaryOp, unary } from "./elementwise.ts";

/** The sign, -1, 0 or 1; flat almost everywhere. */
export const sign: UnaryOp = unary({
  name: "sign",
  onnx: "Sign",
  f: Math.sign,
  gradient: ({ ops, grad }) => [ops.mul(grad, ops.scalar(0))],
});
