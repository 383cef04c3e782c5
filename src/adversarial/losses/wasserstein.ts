import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import type { Loss } from "../loss.ts";

const schema = z.strictObject({
  /**
   * After every update D's weights are cut to [-clip, clip], as in the paper (0.01 there); 0 leaves
   * them alone, for use with a gradient penalty.
   */
  clip: z.number().min(0).default(0.01),
});

/**
 * Wasserstein GAN (arXiv 1701.07875): D's mean score of real minus fake images, which bounds the
 * earth mover's distance as long as D is Lipschitz.
 */
export const wasserstein: Loss<z.output<typeof schema>> = {
  name: "wasserstein",
  summary: "D: E D(G(z)) - E D(x), G: -E D(G(z))",
  schema,
  clip: ({ clip }) => clip,
  discriminator: ({ real, fake }) => ops.sub(ops.reduceMean(fake), ops.reduceMean(real)),
  generator: ({ fake }) => ops.neg(ops.reduceMean(fake)),
};
