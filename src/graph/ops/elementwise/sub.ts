import { keepsLeft } from "../identities.ts";
import { type BinaryOp, binary } from "./elementwise.ts";

/** a - b. */
export const sub: BinaryOp = binary({
  name: "sub",
  onnx: "Sub",
  f: (a, b) => a - b,
  simplify: (v) => keepsLeft(v, 0),
  gradient: ({ ops, grad, needs }) => [grad, needs[1] ? ops.neg(grad) : undefined],
});
