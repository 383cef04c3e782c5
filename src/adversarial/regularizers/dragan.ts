import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import { weightSchema } from "../../optim/schedule.ts";
import type { Regularizer } from "../regularizer.ts";
import { gradientPenalty } from "./gradient-norm.ts";

const schema = z.strictObject({
  /** Weight lambda. */
  weight: weightSchema.default(10),
  /** Size of the disturbance in standard deviations of the batch. */
  spread: z.number().positive().default(0.5),
  target: z.number().min(0).default(1),
});

/**
 * DRAGAN (arXiv 1705.07215): lambda E (|grad D(x + d)| - target)^2 around real samples,
 * d = spread std(x) u, u uniform in [0, 1) as in the authors' code.
 * Differs: the paper's text has normal noise.
 */
export const dragan: Regularizer<z.output<typeof schema>> = {
  name: "dragan",
  summary: "weight E (|grad D(x + noise)| - target)^2 around real samples",
  schema,
  penalty: ({ real, discriminate, noise, scheduled }, { weight, spread, target }) => {
    const size = ops.mul(standardDeviation(real), ops.scalar(spread));
    const u = noise("disturbance", real.shape as number[], "uniform");
    const y = ops.add(real, ops.mul(size, u));
    return gradientPenalty(discriminate(y), y, scheduled("weight", weight), target);
  },
};

function standardDeviation(x: Value): Value {
  const centred = ops.sub(x, ops.reduceMean(x));
  return ops.sqrt(ops.reduceMean(ops.mul(centred, centred)));
}
