import type { Value } from "../../graph/value.ts";
import type { Scope } from "../../nn/scope.ts";

/** A judge of sequences: of what it has read after some of their tokens, or of whole ones alone. */
export interface SequenceDiscriminator {
  /**
   * Tokens i32 [T,N] -> logits [S,N], positive for real: S judgements of each sequence in the order of its
   * tokens. S is T for a judge of every beginning, 1 for one of whole sequences. The last layer's
   * variables stand at `out`.
   */
  judge(s: Scope, tokens: Value): Value;
  /**
   * The same judgements of sequences i32 [T,N] and of ends of their beginnings i32 [T-1,M,T], where that
   * takes less work than judging each alone -> logits [S,N+(T-1)M], the sequences' first. Ends [p-1] begin with
   * p tokens of the sequences, row m as sequence m mod N.
   */
  judgeEnds?(s: Scope, sequences: Value, ends: Value): Value;
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
