import { z } from "zod";
import * as ops from "../graph/ops/index.ts";
import type { Value } from "../graph/value.ts";
import type { Optimizer } from "./optimizer.ts";

export const adamSchema = z.strictObject({
  /** Decay of the mean; DCGAN uses 0.5. */
  beta1: z.number().min(0).lt(1).default(0.9),
  /** Decay of the mean square. */
  beta2: z.number().min(0).lt(1).default(0.999),
  epsilon: z.number().positive().default(1e-8),
  /** Decoupled weight decay; 0 is plain Adam. */
  weightDecay: z.number().min(0).default(0),
});
export type AdamOptions = z.output<typeof adamSchema>;

/**
 * Adam (arXiv 1412.6980): m <- b1 m + (1-b1) g, v <- b2 v + (1-b2) g^2,
 * p <- p - lr (m / (1-b1^t)) / (sqrt(v / (1-b2^t)) + eps). A weight decay other than 0 makes it
 * AdamW (arXiv 1711.05101): p <- (1 - lr decay) p first.
 */
export const adam: Optimizer<AdamOptions> = {
  name: "adam",
  schema: adamSchema,
  slots: ["m", "v"],
  update: ({ parameter, gradient, slots, learningRate, step }, o) => {
    const [m, v] = slots as [Value, Value];
    const mixed = (old: Value, now: Value, beta: number) =>
      ops.add(ops.mul(old, ops.scalar(beta)), ops.mul(now, ops.scalar(1 - beta)));
    const m1 = mixed(m, gradient, o.beta1);
    const v1 = mixed(v, ops.mul(gradient, gradient), o.beta2);
    // beta^t as exp(t log beta): t is a graph input.
    const correction = (beta: number) =>
      beta === 0
        ? ops.scalar(1)
        : ops.sub(ops.scalar(1), ops.exp(ops.mul(step, ops.scalar(Math.log(beta)))));
    const root = ops.div(ops.sqrt(v1), ops.sqrt(correction(o.beta2)));
    const rate = ops.div(learningRate, correction(o.beta1));
    const decayed =
      o.weightDecay === 0
        ? parameter
        : ops.mul(
            parameter,
            ops.sub(ops.scalar(1), ops.mul(learningRate, ops.scalar(o.weightDecay))),
          );
    const change = ops.div(ops.mul(m1, rate), ops.add(root, ops.scalar(o.epsilon)));
    return { parameter: ops.sub(decayed, change), slots: [m1, v1] };
  },
  apply: (kernel, { parameter, gradient, slots, count }, learningRate, step, o) => {
    const [m, v] = slots as [number, number];
    kernel.adam({ param: parameter, grad: gradient, m, v }, count, {
      lr: learningRate,
      beta1: o.beta1,
      beta2: o.beta2,
      eps: o.epsilon,
      biasCorrection1: 1 - o.beta1 ** step,
      biasCorrection2: 1 - o.beta2 ** step,
      weightDecay: o.weightDecay,
    });
  },
};
