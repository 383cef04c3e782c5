import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import type { Variables } from "../../nn/scope.ts";
import type { Phase } from "../game.ts";
import { slopesOf } from "../slopes.ts";
import { clipGradients } from "./clip-gradients.ts";
import { chosenShares } from "./ended.ts";
import { generatorScope, type SequenceGenerator } from "./generator.ts";
import { nextTokens, tokensLeaf } from "./likelihood.ts";

/**
 * How far a distribution P is from another, M: log-probabilities [R,V] of both -> [], the mean over rows, or
 * the sum weighted by `shares` [R].
 * `forward` is KL(M || P), `reverse` KL(P || M), `jensenShannon` the mean of both to their middle.
 */
export const divergences = {
  forward: (own: Value, theirs: Value, shares?: Value): Value => kl(theirs, own, shares),
  reverse: (own: Value, theirs: Value, shares?: Value): Value => kl(own, theirs, shares),
  jensenShannon: (own: Value, theirs: Value, shares?: Value): Value => {
    const both = ops.add(ops.exp(own), ops.exp(theirs));
    const middle = ops.log(ops.maximum(ops.mul(both, ops.scalar(0.5)), ops.scalar(1e-30)));
    return ops.mul(ops.add(kl(own, middle, shares), kl(theirs, middle, shares)), ops.scalar(0.5));
  },
};

export type Divergence = keyof typeof divergences;

export interface FollowerOptions {
  readonly batch: number;
  /** Gradients of a larger common norm are scaled down to it. */
  readonly clip: number;
  readonly divergence: Divergence;
}

/**
 * The generator's move: at every place of `tokens` i32 [T,N] its whole distribution of the next token
 * moves towards that of others, whose log-probabilities [T*N,V] `theirs` gives; nats a token. Dropout is off on
 * all sides.
 */
export function followerPhase(
  generator: SequenceGenerator,
  variables: Variables,
  { batch, clip, divergence }: FollowerOptions,
  theirs: (tokens: Value) => Value,
): Phase {
  variables.beginPhase();
  const tokens = tokensLeaf(generator, batch);
  const own = nextTokens(generator, variables.scope(generatorScope, "eval"), tokens);
  const loss = divergences[divergence](
    own,
    ops.stopGradient(theirs(tokens)),
    chosenShares(generator, tokens),
  );
  return {
    name: "g",
    network: generatorScope,
    loss,
    inputs: new Map([["tokens", tokens]]),
    gradients: clipGradients(slopesOf(variables, generatorScope, loss), clip),
    assignments: new Map(),
    scalars: new Map(),
  };
}

/** KL(A || B) of log-probabilities [R,V], the mean over rows. */
function kl(a: Value, b: Value, shares?: Value): Value {
  const byRow = ops.reduceSum(ops.mul(ops.exp(a), ops.sub(a, b)), [1]);
  return shares ? ops.reduceSum(ops.mul(byRow, shares)) : ops.reduceMean(byRow);
}
