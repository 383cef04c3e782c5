import { elementCount, type Value } from "../../value.ts";
import { axesOf, type ReduceOp, reduction, spread } from "./reduction.ts";

/** The mean over axes. */
export const reduceMean: ReduceOp = reduction({
  name: "reduceMean",
  onnx: "ReduceMean",
  f: (group) => group.reduce((a, b) => a + b, 0) / group.length,
  gradient: (context) => {
    const { ops, grad, inputs, attrs } = context;
    const { shape } = inputs[0] as Value;
    const count = elementCount(axesOf(attrs).map((a) => shape[a] as number));
    return [spread(context, ops.mul(grad, ops.scalar(1 / count)))];
  },
});
