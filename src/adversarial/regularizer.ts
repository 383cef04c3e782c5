import type { z } from "zod";
import type { Value } from "../graph/value.ts";

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
}

/** A term that is added to the discriminator's loss. */
export interface Regularizer<Options = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodType<Options>;
  penalty(inputs: RegularizerInputs, options: Options): Value;
}
