import type { z } from "zod";
import type { Value } from "../graph/value.ts";
import type { Schedule } from "../optim/schedule.ts";
import type { Logits } from "./loss.ts";

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
  /** A number [] that the game keeps from step to step, as the last `keep` left it; at first `initial`. */
  readonly kept: (name: string, initial: number) => Value;
  /** Sets what `kept` gives from the next step on. */
  readonly keep: (name: string, next: Value) => void;
}

/** The game as the discriminator's move sees it. */
export interface RegularizerInputs extends Resources {
  readonly real: Value;
  /** Generated samples, cut off from the generator. */
  readonly fake: Value;
  /** The noise [N,latent] that made them. */
  readonly z: Value;
  /** D(samples) -> logits [N,1], with the batch's labels where there are any. */
  readonly discriminate: (samples: Value) => Value;
  /** G(z) [N, ...sample], with the batch's labels. */
  readonly generate: (z: Value) => Value;
  readonly realLogits: Value;
  readonly fakeLogits: Value;
}

/** The game as the generator's move sees it. */
export interface GeneratorInputs extends Resources {
  readonly fake: Value;
  readonly z: Value;
  readonly generate: (z: Value) => Value;
  /** The two parts of a generator that has styles. */
  readonly styles?: ((z: Value) => Value) | undefined;
  readonly synthesize?: ((styles: Value) => Value) | undefined;
}

/** Gradients of both players' losses with respect to their own parameters. */
export interface JointInputs {
  /** Of the player whose move it is. */
  readonly own: readonly Value[];
  readonly others: readonly Value[];
  readonly scheduled: Resources["scheduled"];
}

/** Descent steps that the generator looks ahead. */
export interface Unrolling {
  readonly steps: number;
  readonly learningRate: number;
}

/**
 * What changes a game besides its loss: terms that are added to the players' losses, what the
 * discriminator sees, which samples the generator learns from.
 */
export interface Regularizer<Options = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodType<Options>;
  /** Added to the discriminator's loss. */
  penalty?(inputs: RegularizerInputs, options: Options): Value;
  /** Added to the generator's loss. */
  generatorPenalty?(inputs: GeneratorInputs, options: Options): Value;
  /** Added to the loss of each player. */
  joint?(inputs: JointInputs, options: Options): Value;
  /** What the discriminator sees in place of samples [N, ...], real and generated ones alike. */
  perturb?(samples: Value, resources: Resources, options: Options): Value;
  /** Looks at the discriminator's move in order to keep numbers; those given are logged. */
  observe?(logits: Logits, resources: Resources, options: Options): Readonly<Record<string, Value>>;
  /** The logits [N,1] of generated samples that the generator's loss is to see. */
  select?(logits: Value, resources: Resources, options: Options): Value;
  /** The generator plays against the discriminator as it would be after these steps. */
  unroll?(options: Options): Unrolling;
}
