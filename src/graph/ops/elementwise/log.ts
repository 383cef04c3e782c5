import type { Value } from "../../value.ts";
import { type UnaryOp, unary } from "./elementwise.ts";

/** Natural logarithm. d log = dx / x */
export const log: UnaryOp = unary({
  name: "log",
  onnx: "Log",
  f: Math.log,
  gradient: ({ ops, grad, inputs }) => [ops.div(grad, inputs[0] as Value)],
});
