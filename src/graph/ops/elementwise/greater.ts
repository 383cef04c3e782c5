import { type BinaryOp, binary } from "./elementwise.ts";

/** a > b, as bool. Not differentiable. */
export const greater: BinaryOp = binary({
  name: "greater",
  onnx: "Greater",
  f: (a, b) => Number(a > b),
  result: "bool",
});
