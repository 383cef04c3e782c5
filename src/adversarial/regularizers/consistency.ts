import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import { weightSchema } from "../../optim/schedule.ts";
import { augment, policySchema } from "../augmentations/index.ts";
import type { Regularizer } from "../regularizer.ts";

export const consistencySchema = z.strictObject({
  weight: weightSchema.default(10),
  /** Augmentations by name. */
  policy: policySchema.default(["translation"]),
});

/**
 * Consistency regularisation (CR-GAN, arXiv 1910.12027): weight E (D(x) - D(T(x)))^2 for real images
 * x and a random change T that leaves what they show.
 */
export const consistency: Regularizer<z.output<typeof consistencySchema>> = {
  name: "consistency",
  summary: "weight E (D(x) - D(T(x)))^2, T a random change of real images",
  schema: consistencySchema,
  penalty: ({ real, realLogits, discriminate, noise, scheduled }, { weight, policy }) => {
    const changed = discriminate(augment(real, policy, noise));
    return ops.mul(meanSquareDifference(realLogits, changed), scheduled("weight", weight));
  },
};

/** E (a - b)^2. */
export function meanSquareDifference(a: Value, b: Value): Value {
  const off = ops.sub(a, b);
  return ops.reduceMean(ops.mul(off, off));
}
