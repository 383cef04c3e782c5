import type { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import { augment } from "../augmentations/index.ts";
import type { Regularizer } from "../regularizer.ts";
import { consistencySchema, meanSquareDifference } from "./consistency.ts";

/**
 * Balanced consistency regularisation (bCR, arXiv 2002.04724): as `consistency`, for generated images,
 * too, so that changes of real ones do not turn up in them.
 */
export const balancedConsistency: Regularizer<z.output<typeof consistencySchema>> = {
  name: "balanced-consistency",
  summary: "weight E (D(x) - D(T(x)))^2 for real and generated images",
  schema: consistencySchema,
  penalty: (game, { weight, policy }) => {
    const { real, fake, realLogits, fakeLogits, discriminate, noise, scheduled } = game;
    const reals = discriminate(augment(real, policy, noise));
    const fakes = discriminate(augment(fake, policy, noise));
    const both = ops.add(
      meanSquareDifference(realLogits, reals),
      meanSquareDifference(fakeLogits, fakes),
    );
    return ops.mul(both, scheduled("weight", weight));
  },
};
