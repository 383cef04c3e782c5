import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import type { Loss } from "../loss.ts";

/**
 * Relativistic average GAN, RaSGAN (arXiv 1807.00734): each image is judged against the mean score of
 * the other side.
 */
export const relativisticAverage: Loss<Record<string, never>> = {
  name: "relativistic-average",
  summary: "D: E softplus(mean D(G(z)) - D(x)) + E softplus(D(G(z)) - mean D(x)), G: sides swapped",
  schema: z.strictObject({}),
  generatorNeedsReal: true,
  discriminator: ({ real, fake }) => outscore(real, fake),
  generator: ({ real, fake }) => outscore(fake, real),
};

function outscore(winners: Value, losers: Value): Value {
  const above = ops.softplus(ops.sub(ops.reduceMean(losers), winners));
  const below = ops.softplus(ops.sub(losers, ops.reduceMean(winners)));
  return ops.add(ops.reduceMean(above), ops.reduceMean(below));
}
