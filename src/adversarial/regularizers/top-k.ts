import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import { weightSchema } from "../../optim/schedule.ts";
import type { Regularizer } from "../regularizer.ts";

const schema = z.strictObject({
  /** Share of the batch; usually falls over the run: {"from": 1, "to": 0.5, "over": 200}. */
  share: weightSchema.default({ from: 1, to: 0.5, over: 200, shape: "linear" }),
});

/**
 * Top-k training (arXiv 2002.06224): G learns only from those of its samples that D finds most real,
 * so that the worst ones do not pull it away.
 */
export const topK: Regularizer<z.output<typeof schema>> = {
  name: "top-k",
  summary: "G learns from the share of its batch that D finds most real",
  schema,
  select: (logits, { scheduled }, { share }) => {
    const n = logits.shape[0] as number;
    const fixed = ops.stopGradient(logits);
    const better = ops.greater(ops.transpose(fixed, [1, 0]), fixed);
    const rank = ops.reduceSum(ops.cast(better, "f32"), [1], true);
    const k = ops.mul(scheduled("share", share), ops.scalar(n));
    // Never none: the best one has rank 0.
    const chosen = ops.cast(ops.greater(ops.maximum(k, ops.scalar(0.5)), rank), "f32");
    const weight = ops.div(ops.scalar(n), ops.reduceSum(chosen));
    // The loss averages over the batch; slopes of the others vanish, those of the chosen make up for it.
    return ops.add(fixed, ops.mul(ops.sub(logits, fixed), ops.mul(chosen, weight)));
  },
};
