import type { z } from "zod";
import type { Value } from "../graph/value.ts";
import type { Schedule } from "../optim/schedule.ts";

export interface RegularizerInputs {
  readonly real: Value;
  readonly fake: Value;
  /** D(samples) -> logits [N,1], with the batch's labels where there are any. */
  readonly discriminate: (samples: Value) => Value;
  readonly realLogits: Value;
  readonly fakeLogits: Value;
  /** Fresh random numbers at every step: standard normal, or uniform in [0, 1). */
  readonly noise: (
    name: string,
    shape: readonly number[],
    distribution: "normal" | "uniform",
  ) => Value;
  /** An option that may change over training, as a number []. */
  readonly scheduled: (name: string, schedule: Schedule) => Value;
}

/** Gradients of both players' losses with respect to their own parameters. */
export interface JointInputs {
  /** Of the player whose move it is. */
  readonly own: readonly Value[];
  readonly others: readonly Value[];
  readonly scheduled: RegularizerInputs["scheduled"];
}

/** A term that is added to the players' losses. */
export interface Regularizer<Options = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodType<Options>;
  /** Added to the discriminator's loss. */
  penalty?(inputs: RegularizerInputs, options: Options): Value;
  /** Added to the loss of each player. */
  joint?(inputs: JointInputs, options: Options): Value;
}
