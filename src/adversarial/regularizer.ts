import type { z } from "zod";
import type { Value } from "../graph/value.ts";
import type { Schedule } from "../optim/schedule.ts";

/** What a rule may ask the game for; names are its own. */
export interface Resources {
  /** Fresh random numbers at every step: standard normal, or uniform in [0, 1). */
  readonly noise: (
    name: string,
    shape: readonly number[],
    distribution: "normal" | "uniform",
  ) => Value;
  /** An option that may change over training, as a number []. */
  readonly scheduled: (name: string, schedule: Schedule) => Value;
  /**
   * A moving average over the steps of a number [], as it was before this one; starts at 0. It becomes
   * decay times itself plus the rest of `now`.
   */
  readonly average: (name: string, now: Value, decay: number) => Value;
}

export interface RegularizerInputs extends Resources {
  readonly real: Value;
  readonly fake: Value;
  /** D(samples) -> logits [N,1], with the batch's labels where there are any. */
  readonly discriminate: (samples: Value) => Value;
  readonly realLogits: Value;
  readonly fakeLogits: Value;
}

/** Gradients of both players' losses with respect to their own parameters. */
export interface JointInputs {
  /** Of the player whose move it is. */
  readonly own: readonly Value[];
  readonly others: readonly Value[];
  readonly scheduled: Resources["scheduled"];
}

/** A term that is added to the players' losses, or a change of what the discriminator sees. */
export interface Regularizer<Options = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodType<Options>;
  /** Added to the discriminator's loss. */
  penalty?(inputs: RegularizerInputs, options: Options): Value;
  /** Added to the loss of each player. */
  joint?(inputs: JointInputs, options: Options): Value;
  /** What the discriminator sees in place of samples [N, ...], real and generated ones alike. */
  perturb?(samples: Value, resources: Resources, options: Options): Value;
}
