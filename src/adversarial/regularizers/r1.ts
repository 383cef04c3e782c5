import { z } from "zod";
import { gradients } from "../../graph/gradients.ts";
import * as ops from "../../graph/ops/index.ts";
import type { Regularizer } from "../regularizer.ts";

const schema = z.strictObject({
  /** Weight gamma; the term is gamma/2 times the squared norm. */
  gamma: z.number().min(0).default(10),
});

/** Zero-centred gradient penalty on real images: gamma/2 E |grad_x D(x)|^2 (arXiv 1801.04406). */
export const r1: Regularizer<z.output<typeof schema>> = {
  name: "r1",
  summary: "gamma/2 E |grad D(x)|^2 at real images",
  schema,
  penalty: ({ real, realLogits }, { gamma }) => {
    const [slope] = gradients(ops.reduceSum(realLogits), [real]);
    const norms = ops.reduceSum(ops.mul(slope as typeof real, slope as typeof real), [1, 2, 3]);
    return ops.mul(ops.reduceMean(norms), ops.scalar(gamma / 2));
  },
};
