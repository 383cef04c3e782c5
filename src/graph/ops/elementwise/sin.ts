import type { Value } from "../../value.ts";
import { type UnaryOp, unary } from "./elementwise.ts";

/** Sine. d sin = cos(x) dx */
export const sin: UnaryOp = unary({
  name: "sin",
  onnx: "Sin",
  f: Math.sin,
  gradient: ({ ops, grad, inputs }) => [ops.mul(grad, ops.cos(inputs[0] as Value))],
});
