import { z } from "zod";
import * as ops from "../graph/ops/index.ts";
import type { Value } from "../graph/value.ts";
import type { Optimizer } from "./optimizer.ts";

const schema = z.strictObject({
  /** Decay of the mean square. */
  alpha: z.number().min(0).lt(1).default(0.99),
  epsilon: z.number().positive().default(1e-8),
  momentum: z.number().min(0).lt(1).default(0),
  /** L2 penalty added to the gradient. */
  weightDecay: z.number().min(0).default(0),
});
type RmspropOptions = z.output<typeof schema>;

/**
 * RMSProp (Tieleman and Hinton 2012), as WGAN trains with (arXiv 1701.07875):
 * s <- a s + (1-a) g^2, b <- mu b + g / (sqrt(s) + eps), p <- p - lr b.
 */
export const rmsprop: Optimizer<RmspropOptions> = {
  name: "rmsprop",
  schema,
  slots: ["square", "momentum"],
  update: ({ parameter, gradient, slots, learningRate }, o) => {
    const [square, buffer] = slots as [Value, Value];
    const g = ops.add(gradient, ops.mul(parameter, ops.scalar(o.weightDecay)));
    const square1 = ops.add(
      ops.mul(square, ops.scalar(o.alpha)),
      ops.mul(ops.mul(g, g), ops.scalar(1 - o.alpha)),
    );
    const scaled = ops.div(g, ops.add(ops.sqrt(square1), ops.scalar(o.epsilon)));
    if (o.momentum === 0) {
      return {
        parameter: ops.sub(parameter, ops.mul(learningRate, scaled)),
        slots: [square1, buffer],
      };
    }
    const buffer1 = ops.add(ops.mul(buffer, ops.scalar(o.momentum)), scaled);
    return {
      parameter: ops.sub(parameter, ops.mul(learningRate, buffer1)),
      slots: [square1, buffer1],
    };
  },
  apply: (kernel, { parameter, gradient, slots, count }, learningRate, _step, o) => {
    const [square, buffer] = slots as [number, number];
    kernel.rmsprop({ param: parameter, grad: gradient, sq: square, buf: buffer }, count, {
      lr: learningRate,
      alpha: o.alpha,
      eps: o.epsilon,
      momentum: o.momentum,
      weightDecay: o.weightDecay,
    });
  },
};
