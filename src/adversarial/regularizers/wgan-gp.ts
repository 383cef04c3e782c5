import { z } from "zod";
import { weightSchema } from "../../optim/schedule.ts";
import type { Regularizer } from "../regularizer.ts";
import { between, gradientPenalty, perSample } from "./gradient-norm.ts";

const schema = z.strictObject({
  /** Weight lambda. */
  weight: weightSchema.default(10),
  /** The slope that is aimed at; 0 is the zero-centred penalty of arXiv 1902.03984. */
  target: z.number().min(0).default(1),
});

/**
 * WGAN-GP (arXiv 1704.00028): lambda E (|grad D(y)| - target)^2 at points y on the lines between real
 * and generated samples, which are paired in the order of the batch.
 */
export const wganGp: Regularizer<z.output<typeof schema>> = {
  name: "wgan-gp",
  summary: "weight E (|grad D(y)| - target)^2 between real and generated samples",
  schema,
  penalty: ({ real, fake, discriminate, noise, scheduled }, { weight, target }) => {
    const y = between(real, fake, noise("mix", perSample(real), "uniform"));
    return gradientPenalty(discriminate(y), y, scheduled("weight", weight), target);
  },
};
