import { z } from "zod";
import * as ops from "../graph/ops/index.ts";
import type { Value } from "../graph/value.ts";
import type { Optimizer } from "./optimizer.ts";

const schema = z.strictObject({
  momentum: z.number().min(0).lt(1).default(0),
  nesterov: z.boolean().default(false),
  /** L2 penalty added to the gradient. */
  weightDecay: z.number().min(0).default(0),
});
type SgdOptions = z.output<typeof schema>;

/** Gradient descent with momentum: b <- mu b + g, p <- p - lr b (Nesterov: p <- p - lr (g + mu b)). */
export const sgd: Optimizer<SgdOptions> = {
  name: "sgd",
  schema,
  slots: ["momentum"],
  update: ({ parameter, gradient, slots, learningRate }, o) => {
    const g = ops.add(gradient, ops.mul(parameter, ops.scalar(o.weightDecay)));
    // Without momentum there is nothing to remember: the buffer stays as it is.
    if (o.momentum === 0) {
      return {
        parameter: ops.sub(parameter, ops.mul(learningRate, g)),
        slots: [slots[0] as Value],
      };
    }
    const buffer = ops.add(ops.mul(slots[0] as Value, ops.scalar(o.momentum)), g);
    const direction = o.nesterov ? ops.add(g, ops.mul(buffer, ops.scalar(o.momentum))) : buffer;
    return { parameter: ops.sub(parameter, ops.mul(learningRate, direction)), slots: [buffer] };
  },
  apply: (kernel, { parameter, gradient, slots, count }, learningRate, step, o) =>
    kernel.sgd({ param: parameter, grad: gradient, buf: slots[0] as number }, count, {
      lr: learningRate,
      momentum: o.momentum,
      nesterov: o.nesterov,
      weightDecay: o.weightDecay,
      first: step === 1,
    }),
};
