import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import type { Loss } from "../loss.ts";

/** The hinge loss (arXiv 1705.02894, 1802.05957): D stops pushing once the margin of 1 is reached. */
export const hinge: Loss<Record<string, never>> = {
  name: "hinge",
  summary: "D: E max(0, 1 - D(x)) + E max(0, 1 + D(G(z))), G: -E D(G(z))",
  schema: z.strictObject({}),
  discriminator: ({ real, fake }) =>
    ops.add(
      ops.reduceMean(ops.relu(ops.sub(ops.scalar(1), real))),
      ops.reduceMean(ops.relu(ops.add(ops.scalar(1), fake))),
    ),
  generator: ({ fake }) => ops.neg(ops.reduceMean(fake)),
};
