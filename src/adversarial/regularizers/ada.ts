import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import { augment, policySchema } from "../augmentations/index.ts";
import type { Regularizer } from "../regularizer.ts";

const schema = z.strictObject({
  /** Augmentations by name. */
  policy: policySchema.default([
    "flip",
    "scale",
    "translation",
    "brightness",
    "saturation",
    "contrast",
  ]),
  /** The share of reals that D judges right, less that which it judges wrong, that is aimed at. */
  target: z.number().min(-1).max(1).default(0.6),
  /** Thousands of real images within which the probability can go from 0 to 1. */
  kimg: z.number().positive().default(500),
});

/**
 * Adaptive discriminator augmentation (arXiv 2006.06676): as `diffaugment`, each change with a
 * probability p that rises while D is too sure of its training images, E sign D(x) > target, and falls
 * while it is not. p is kept with the run.
 * Differs: p follows every batch rather than every fourth; no rotations and colour matrices; p stays
 * at or below 0.85, since above that the changes leak into the samples.
 */
export const ada: Regularizer<z.output<typeof schema>> = {
  name: "ada",
  summary: "random changes of what D sees, the more often the more it overfits",
  schema,
  perturb: (samples, { noise, kept }, { policy }) =>
    augment(samples, policy, noise, kept("probability", 0)),
  observe: ({ real }, { kept, keep }, { target, kimg }) => {
    const now = kept("probability", 0);
    const sure = ops.reduceMean(ops.sign(real));
    const direction = ops.sign(ops.sub(sure, ops.scalar(target)));
    const step = (real.shape[0] as number) / (kimg * 1000);
    const next = ops.add(now, ops.mul(direction, ops.scalar(step)));
    const within = ops.minimum(ops.maximum(next, ops.scalar(0)), ops.scalar(0.85));
    keep("probability", within);
    return { probability: now, sure };
  },
};
