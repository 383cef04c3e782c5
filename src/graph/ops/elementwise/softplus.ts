import type { Value } from "../../value.ts";
import { type UnaryOp, unary } from "./elementwise.ts";

/** log(1 + exp(x)). d softplus = sigmoid(x) dx */
export const softplus: UnaryOp = unary({
  name: "softplus",
  onnx: "Softplus",
  f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  gradient: ({ ops, grad, inputs }) => [ops.mul(grad, ops.sigmoid(inputs[0] as Value))],
});
