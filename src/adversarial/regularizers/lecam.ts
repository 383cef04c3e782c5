import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import { weightSchema } from "../../optim/schedule.ts";
import type { Regularizer } from "../regularizer.ts";
import { average } from "./average.ts";

const schema = z.strictObject({
  /** Weight lambda; the paper has 0.01 to 0.5. */
  weight: weightSchema.default(0.3),
  /** Decay of the anchors, moving averages of D's mean logits. */
  decay: z.number().min(0).lt(1).default(0.99),
});

/**
 * LeCam regularisation for little data (arXiv 2104.03310):
 * lambda (E (D(x) - a_fake)^2 + E (D(G(z)) - a_real)^2), where a are moving averages of the other
 * side's mean logit, as they were before this step. Keeps D from drifting apart on what it has learnt
 * by heart.
 */
export const lecam: Regularizer<z.output<typeof schema>> = {
  name: "lecam",
  summary: "weight (E (D(x) - a_fake)^2 + E (D(G(z)) - a_real)^2), a moving averages of logits",
  schema,
  penalty: ({ realLogits, fakeLogits, scheduled, kept, keep }, { weight, decay }) => {
    const real = average({ kept, keep }, "realAnchor", ops.reduceMean(realLogits), decay);
    const fake = average({ kept, keep }, "fakeAnchor", ops.reduceMean(fakeLogits), decay);
    const both = ops.add(meanSquare(realLogits, fake), meanSquare(fakeLogits, real));
    return ops.mul(both, scheduled("weight", weight));
  },
};

function meanSquare(logits: Value, anchor: Value): Value {
  const off = ops.sub(logits, anchor);
  return ops.reduceMean(ops.mul(off, off));
}
