import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import type { Logits } from "../loss.ts";

/** Options that the losses made of binary cross-entropy share. */
export const crossEntropySchema = z.strictObject({
  /** One-sided label smoothing (arXiv 1606.03498): reals are labelled 1 - smoothing. */
  smoothing: z.number().min(0).lt(1).default(0),
  /** The discriminator's loss is the mean of its two halves instead of their sum. */
  average: z.boolean().default(false),
});
export type CrossEntropyOptions = z.output<typeof crossEntropySchema>;

/**
 * Mean binary cross-entropy of logits against one target t: mean(softplus(x) - t x), which is
 * -t log s - (1-t) log(1-s) with s = sigmoid(x), without ever taking the logarithm of 0.
 */
export function crossEntropy(logits: Value, target: number): Value {
  const penalty = ops.softplus(logits);
  return ops.reduceMean(
    target === 0 ? penalty : ops.sub(penalty, ops.mul(logits, ops.scalar(target))),
  );
}

/** The discriminator's side of the minimax game, -V(D,G): real is 1 (smoothed), fake is 0. */
export function detect(logits: Logits, options: CrossEntropyOptions): Value {
  const both = ops.add(
    crossEntropy(logits.real, 1 - options.smoothing),
    crossEntropy(logits.fake, 0),
  );
  return options.average ? ops.mul(both, ops.scalar(0.5)) : both;
}
