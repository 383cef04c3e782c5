import { z } from "zod";
import { weightSchema } from "../../optim/schedule.ts";
import type { Regularizer } from "../regularizer.ts";
import { gradientPenalty, half } from "./gradient-norm.ts";

export const gammaSchema = z.strictObject({
  /** Weight gamma; the term is gamma/2 times the squared norm. */
  gamma: weightSchema.default(10),
});

/** Zero-centred gradient penalty on real samples: gamma/2 E |grad_x D(x)|^2 (arXiv 1801.04406). */
export const r1: Regularizer<z.output<typeof gammaSchema>> = {
  name: "r1",
  summary: "gamma/2 E |grad D(x)|^2 at real samples",
  schema: gammaSchema,
  penalty: ({ real, realLogits, scheduled }, { gamma }) =>
    gradientPenalty(realLogits, real, half(scheduled("gamma", gamma)), 0),
};
