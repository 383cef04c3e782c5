import type { Value } from "../../graph/value.ts";
import type { Scope } from "../../nn/scope.ts";

/** A judge of whole sequences. */
export interface SequenceDiscriminator {
  /** Tokens i32 [T,N] -> logits [N,1], positive for real. The last layer's variables stand at `out`. */
  judge(s: Scope, tokens: Value): Value;
}

/** A judge that reads distributions over tokens, too: a gradient passes through it to who made them. */
export interface SoftSequenceDiscriminator extends SequenceDiscriminator {
  /** Tokens i32 [T,N], or distributions over them [T,N,V] -> their vectors [T,N,E]. */
  embed(s: Scope, tokens: Value): Value;
  /** Vectors [T,N,E] -> one logit of each representation [N,S], positive for real. */
  scores(s: Scope, vectors: Value): Value;
}

/** The scope in which a discriminator's variables stand. */
export const discriminatorScope = "discriminator";
