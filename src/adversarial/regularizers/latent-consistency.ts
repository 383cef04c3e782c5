import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import { weightSchema } from "../../optim/schedule.ts";
import type { Regularizer, Resources } from "../regularizer.ts";
import { meanSquareDifference } from "./consistency.ts";

const schema = z.strictObject({
  /** Weight of D's part. */
  discriminator: weightSchema.default(5),
  /** Weight of G's part. */
  generator: weightSchema.default(0.5),
  /** Standard deviation of the change of z. */
  sigma: z.number().positive().default(0.03),
});

/**
 * Latent consistency regularisation (zCR, arXiv 2002.04724): D gives G(z) and G(z + d) the same logit,
 * while G tells them apart: D pays w E (D(G(z)) - D(G(z + d)))^2, G gains w E |G(z) - G(z + d)|^2.
 * Differs: G's square is the mean over the sample's numbers, so that its weight does not depend on the size.
 */
export const latentConsistency: Regularizer<z.output<typeof schema>> = {
  name: "latent-consistency",
  summary: "near z: the same logit for D, different samples for G",
  schema,
  penalty: (game, { discriminator, sigma }) => {
    const { z, fakeLogits, discriminate, generate, noise, scheduled } = game;
    const near = ops.stopGradient(generate(nearby(z, noise, sigma)));
    const apart = meanSquareDifference(fakeLogits, discriminate(near));
    return ops.mul(apart, scheduled("discriminator", discriminator));
  },
  generatorPenalty: ({ z, fake, generate, noise, scheduled }, { generator, sigma }) => {
    const apart = meanSquareDifference(fake, generate(nearby(z, noise, sigma)));
    return ops.neg(ops.mul(apart, scheduled("generator", generator)));
  },
};

function nearby(z: Value, noise: Resources["noise"], sigma: number): Value {
  const change = noise("change", z.shape as number[], "normal");
  return ops.add(z, ops.mul(change, ops.scalar(sigma)));
}
