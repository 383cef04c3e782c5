import type { z } from "zod";
import type { Regularizer } from "../regularizer.ts";
import { gradientPenalty, half } from "./gradient-norm.ts";
import { gammaSchema } from "./r1.ts";

/** R1's counterpart on generated samples: gamma/2 E |grad D(G(z))|^2 (arXiv 1801.04406). */
export const r2: Regularizer<z.output<typeof gammaSchema>> = {
  name: "r2",
  summary: "gamma/2 E |grad D(x)|^2 at generated samples",
  schema: gammaSchema,
  penalty: ({ fake, fakeLogits, scheduled }, { gamma }) =>
    gradientPenalty(fakeLogits, fake, half(scheduled("gamma", gamma)), 0),
};
