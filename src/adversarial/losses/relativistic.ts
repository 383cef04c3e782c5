import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import type { Loss } from "../loss.ts";

/**
 * Relativistic pairing GAN (arXiv 1807.00734; R3GAN, arXiv 2501.05441): each fake is judged against
 * one real image, so a mode that G leaves out still pulls on it. With R1 and R2 it converges locally;
 * without it need not.
 */
export const relativistic: Loss<Record<string, never>> = {
  name: "relativistic",
  summary: "D: E softplus(D(G(z)) - D(x)), G: E softplus(D(x) - D(G(z)))",
  schema: z.strictObject({}),
  generatorNeedsReal: true,
  discriminator: ({ real, fake }) => beat(real, fake),
  generator: ({ real, fake }) => beat(fake, real),
};

/** Small where each of `winners` scores above its counterpart. */
function beat(winners: Value, losers: Value): Value {
  return ops.reduceMean(ops.softplus(ops.sub(losers, winners)));
}
