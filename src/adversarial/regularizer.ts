import type { z } from "zod";
import type { Value } from "../graph/value.ts";

export interface RegularizerInputs {
  readonly real: Value;
  readonly fake: Value;
  /** D(images) -> logits [N,1], with the batch's labels where there are any. */
  readonly discriminate: (images: Value) => Value;
  readonly realLogits: Value;
  readonly fakeLogits: Value;
}

/** A term that is added to the discriminator's loss. */
export interface Regularizer<Options = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodType<Options>;
  penalty(inputs: RegularizerInputs, options: Options): Value;
}
