import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import { weightSchema } from "../../optim/schedule.ts";
import type { Regularizer } from "../regularizer.ts";
import { half } from "./gradient-norm.ts";

const schema = z.strictObject({
  /** Weight gamma; the term is gamma/2 times the squared norm. */
  gamma: weightSchema.default(1),
  /**
   * Each player pays for its own gradient, too, as in the paper; without, for the other's alone, as in
   * the Dirac-GAN experiments of arXiv 1801.04406.
   */
  own: z.boolean().default(true),
});

/**
 * Consensus optimisation (arXiv 1705.10461): both players also make the squared norm of the game's
 * gradient small, gamma/2 (|grad L_D|^2 + |grad L_G|^2), which turns circling into approach.
 */
export const consensus: Regularizer<z.output<typeof schema>> = {
  name: "consensus",
  summary: "gamma/2 |gradient of the game|^2, added to both players' losses",
  schema,
  joint: ({ own, others, scheduled }, options) => {
    const paid = options.own ? [...own, ...others] : others;
    const squares = paid.map((slope) => ops.reduceSum(ops.mul(slope, slope)));
    const total = squares.reduce((a: Value, b) => ops.add(a, b));
    return ops.mul(total, half(scheduled("gamma", options.gamma)));
  },
};
