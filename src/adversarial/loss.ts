import type { z } from "zod";
import type { Value } from "../graph/value.ts";

/** What a player's objective is made of: the discriminator's logits [N,1]. */
export interface Logits {
  readonly real: Value;
  readonly fake: Value;
}

/** An adversarial loss: what each player minimises, as shape [] values. */
export interface Loss<Options = unknown> {
  readonly name: string;
  /** The formula, for people. */
  readonly summary: string;
  readonly schema: z.ZodType<Options>;
  /** The generator's loss reads D(real), too; without it that pass is never built. */
  readonly generatorNeedsReal?: boolean;
  /** D's weights are cut to [-clip, clip] after each of its updates; 0 leaves them alone. */
  clip?(options: Options): number;
  discriminator(logits: Logits, options: Options): Value;
  generator(logits: Logits, options: Options): Value;
}
