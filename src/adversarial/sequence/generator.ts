import type { Value } from "../../graph/value.ts";
import type { Scope } from "../../nn/scope.ts";

/**
 * What a generator remembers of the tokens so far: arrays [N, ...], a row a sequence. Their number and
 * later axes may change from token to token.
 */
export type SequenceState = readonly Value[];

/** A generator of sequences, one token after another. */
export interface SequenceGenerator {
  readonly vocabulary: number;
  /** Tokens of a sequence, T. */
  readonly length: number;
  /** What is read before the first token. */
  readonly start: number;
  /** After this token only this token follows; undefined where all sequences are full. */
  readonly end?: number;
  /** Numbers of the noise z [N,Z] that a sequence is made of besides its tokens; undefined without. */
  readonly noise?: number | undefined;
  /** Tokens i32 [T,N] -> hidden vectors [T*N,H]: row t N + n has seen the tokens before t. */
  hidden(s: Scope, tokens: Value, z?: Value): Value;
  /** What it remembers before the first token; `like` [N] tells how many rows. */
  begin(s: Scope, like: Value, z?: Value): SequenceState;
  /** Reads a token i32 [N] -> hidden vectors [N,H] for the next one. */
  read(
    s: Scope,
    token: Value,
    state: SequenceState,
  ): { readonly hidden: Value; readonly state: SequenceState };
  /** Logits of a token are hidden weight^T + bias: weight [V,H], bias [V]. */
  projection(s: Scope): { readonly weight: Value; readonly bias: Value };
}

/** The scope in which a generator's variables stand. */
export const generatorScope = "generator";
