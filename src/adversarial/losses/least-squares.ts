import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import type { Loss } from "../loss.ts";

/**
 * LSGAN (arXiv 1611.04076) with targets 1 for real, 0 for fake and 1 for what G wants: a quadratic
 * pull that does not saturate. The logit itself is the score; there is no sigmoid.
 */
export const leastSquares: Loss<Record<string, never>> = {
  name: "least-squares",
  summary: "D: E (D(x) - 1)^2 / 2 + E D(G(z))^2 / 2, G: E (D(G(z)) - 1)^2 / 2",
  schema: z.strictObject({}),
  discriminator: ({ real, fake }) => ops.add(halfSquare(real, 1), halfSquare(fake, 0)),
  generator: ({ fake }) => halfSquare(fake, 1),
};

function halfSquare(scores: Value, target: number): Value {
  const off = ops.sub(scores, ops.scalar(target));
  return ops.mul(ops.reduceMean(ops.mul(off, off)), ops.scalar(0.5));
}
