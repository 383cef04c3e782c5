import type { Loss } from "../loss.ts";
import {
  type CrossEntropyOptions,
  crossEntropy,
  crossEntropySchema,
  detect,
} from "./cross-entropy.ts";

/**
 * The minimax discriminator against a generator that maximises log D(G(z)) (arXiv 1406.2661,
 * section 3): the same fixed point, with strong gradients early on.
 */
export const nonSaturating: Loss<CrossEntropyOptions> = {
  name: "non-saturating",
  summary: "D: -E log D(x) - E log(1 - D(G(z))), G: -E log D(G(z))",
  schema: crossEntropySchema,
  discriminator: detect,
  generator: ({ fake }) => crossEntropy(fake, 1),
};
