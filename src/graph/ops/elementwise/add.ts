import { keepsLeft, keepsRight } from "../identities.ts";
import { type BinaryOp, binary } from "./elementwise.ts";

/** a + b. */
export const add: BinaryOp = binary({
  name: "add",
  onnx: "Add",
  f: (a, b) => a + b,
  simplify: (v) => keepsLeft(v, 0) ?? keepsRight(v, 0),
  gradient: ({ grad }) => [grad, grad],
});
