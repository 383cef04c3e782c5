import type { Value } from "../../value.ts";
import { keepsLeft } from "../identities.ts";
import { type BinaryOp, binary } from "./elementwise.ts";

/** a / b. d(a/b) = da / b - (a/b) / b db */
export const div: BinaryOp = binary({
  name: "div",
  onnx: "Div",
  f: (a, b) => a / b,
  simplify: (v) => keepsLeft(v, 1),
  gradient: ({ ops, grad, inputs, output, needs }) => {
    const b = inputs[1] as Value;
    const scaled = ops.div(grad, b);
    return [scaled, needs[1] ? ops.neg(ops.mul(scaled, output)) : undefined];
  },
});
