import * as ops from "../../graph/ops/index.ts";
import type { Loss } from "../loss.ts";
import {
  type CrossEntropyOptions,
  crossEntropy,
  crossEntropySchema,
  detect,
} from "./cross-entropy.ts";

/**
 * The zero-sum game of the first GAN paper (arXiv 1406.2661):
 * min_G max_D V(D,G) = E[log D(x)] + E[log(1 - D(G(z)))]. The generator's gradient vanishes where the
 * discriminator is sure ("saturates").
 */
export const minimax: Loss<CrossEntropyOptions> = {
  name: "minimax",
  summary: "D: -E log D(x) - E log(1 - D(G(z))), G: E log(1 - D(G(z)))",
  schema: crossEntropySchema,
  discriminator: detect,
  generator: ({ fake }) => ops.neg(crossEntropy(fake, 0)),
};
