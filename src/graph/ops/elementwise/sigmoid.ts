import { type UnaryOp, unary } from "./elementwise.ts";

/** 1 / (1 + exp(-x)). d s = s (1 - s) dx */
export const sigmoid: UnaryOp = unary({
  name: "sigmoid",
  onnx: "Sigmoid",
  f: (x) => 1 / (1 + Math.exp(-x)),
  gradient: ({ ops, grad, output }) => [
    ops.mul(grad, ops.mul(output, ops.sub(ops.scalar(1), output))),
  ],
});
