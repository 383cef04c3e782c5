import { type BinaryOp, binary } from "./elementwise.ts";

/** a >= b, as bool. Not differentiable. */
export const greaterOrEqual: BinaryOp = binary({
  name: "greaterOrEqual",
  onnx: "GreaterOrEqual",
  f: (a, b) => Number(a >= b),
  result: "bool",
});
