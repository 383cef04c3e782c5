import { type ReduceOp, reduction, spread } from "./reduction.ts";

/** The sum over axes. */
export const reduceSum: ReduceOp = reduction({
  name: "reduceSum",
  onnx: "ReduceSum",
  f: (group) => group.reduce((a, b) => a + b, 0),
  gradient: (context) => [spread(context, context.grad)],
});
