import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import { weightSchema } from "../../optim/schedule.ts";
import type { Regularizer } from "../regularizer.ts";

const schema = z.strictObject({
  /** Standard deviation; usually falls to 0 over the run: {"from": 0.1, "to": 0, "over": 200}. */
  sigma: weightSchema.default(0.1),
});

/**
 * Instance noise (arXiv 1610.04490): whatever D sees, real or generated, gets normal noise, so that the
 * two distributions overlap and D cannot tell them apart for nothing.
 */
export const instanceNoise: Regularizer<z.output<typeof schema>> = {
  name: "instance-noise",
  summary: "normal noise of standard deviation sigma on everything that D sees",
  schema,
  perturb: (samples, { noise, scheduled }, { sigma }) => {
    const drawn = noise("noise", samples.shape as number[], "normal");
    return ops.add(samples, ops.mul(drawn, scheduled("sigma", sigma)));
  },
};
