import { z } from "zod";
import type { Regularizer } from "../regularizer.ts";

const schema = z.strictObject({
  /** Steps that D is taken ahead. */
  steps: z.int().min(1).max(50).default(5),
  /** Learning rate of those steps. */
  learningRate: z.number().positive().default(0.01),
});

/**
 * Unrolled GAN (arXiv 1611.02163): G plays against D as it would be after a few more steps, and its
 * gradient goes through those steps: it cannot win by running from mode to mode.
 * Differs: the steps ahead are plain gradient descent.
 */
export const unrolled: Regularizer<z.output<typeof schema>> = {
  name: "unrolled",
  summary: "G plays against D as it would be some steps later",
  schema,
  unroll: (options) => options,
};
