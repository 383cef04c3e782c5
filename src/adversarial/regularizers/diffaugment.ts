import { z } from "zod";
import { augment, policySchema, standardPolicy } from "../augmentations/index.ts";
import type { Regularizer } from "../regularizer.ts";

const schema = z.strictObject({
  /** Augmentations by name. */
  policy: policySchema.default(standardPolicy),
});

/**
 * Differentiable augmentation for little data (DiffAugment, arXiv 2006.10738): everything that D sees,
 * real or generated, is changed at random, and G learns through the change.
 */
export const diffaugment: Regularizer<z.output<typeof schema>> = {
  name: "diffaugment",
  summary: "random changes of everything that D sees, for little data",
  schema,
  perturb: (samples, { noise }, { policy }) => augment(samples, policy, noise),
};
