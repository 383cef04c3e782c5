import type { Value } from "../../value.ts";
import { type UnaryOp, unary } from "./elementwise.ts";

/** -x. */
export const neg: UnaryOp = unary({
  name: "neg",
  onnx: "Neg",
  f: (x) => -x,
  simplify: (v) => {
    const x = v.inputs[0] as Value;
    return x.rule === v.rule ? x.inputs[0] : undefined;
  },
  gradient: ({ ops, grad }) => [ops.neg(grad)],
});
