import type { Value } from "../../graph/value.ts";
import type { Scope } from "../../nn/scope.ts";

/** A judge of whole sequences. */
export interface SequenceDiscriminator {
  /** Tokens i32 [T,N] -> logits [N,1], positive for real. The last layer's variables stand at `out`. */
  judge(s: Scope, tokens: Value): Value;
}

/** The scope in which a discriminator's variables stand. */
export const discriminatorScope = "discriminator";
