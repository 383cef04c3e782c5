import type { z } from "zod";
import type { SequenceDiscriminator } from "../../adversarial/sequence/discriminator.ts";
import type { SequenceGenerator } from "../../adversarial/sequence/generator.ts";

/** What a generator is to write. */
export interface SequenceShape {
  readonly vocabulary: number;
  /** Tokens of a sequence, T. */
  readonly length: number;
  /** What is read before the first token. */
  readonly start: number;
  /** After this token only this token follows; undefined where all sequences are full. */
  readonly end?: number;
}

/** A family of networks that write sequences: checked options in, the network out. */
export interface SequenceGeneratorDefinition<Options = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodType<Options>;
  build(options: Options, shape: SequenceShape): SequenceGenerator;
}

/** A family of networks that judge whole sequences: one logit each. */
export interface SequenceDiscriminatorDefinition<Options = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodType<Options>;
  build(
    options: Options,
    shape: Pick<SequenceShape, "vocabulary" | "length">,
  ): SequenceDiscriminator;
}
