import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import type { Variables } from "../../nn/index.ts";
import type { Phase } from "../game.ts";
import { slopesOf } from "../slopes.ts";
import { clipGradients } from "./clip-gradients.ts";
import { chosenShares } from "./ended.ts";
import { generatorScope, type SequenceGenerator } from "./generator.ts";
import { likelihoodLoss, nextTokens, tokensLeaf } from "./likelihood.ts";

/** The scope in which a committee's members stand, by their numbers from 0. */
export const committeeScope = "committee";

/** The scope of a member. */
export function memberScope(member: number): string {
  return `${committeeScope}/${member}`;
}

export interface CommitteeOptions {
  readonly members: number;
  /** Sequences of a step, N. */
  readonly batch: number;
  /** Gradients of a larger common norm are scaled down to it; a member's on their own. */
  readonly clip: number;
}

/**
 * The committee's move: each member, a network of the generator's kind, learns the sequences `tokens` i32
 * [T,N] by maximum likelihood, with its own dropout. The loss is the mean of the members', nats a token.
 */
export function committeePhase(
  network: SequenceGenerator,
  variables: Variables,
  { members, batch, clip }: CommitteeOptions,
): Phase {
  variables.beginPhase();
  const tokens = tokensLeaf(network, batch);
  const gradients = new Map<string, Value>();
  const losses: Value[] = [];
  for (let i = 0; i < members; i++) {
    const scope = memberScope(i);
    const { loss, slope } = likelihoodLoss(network, variables.scope(scope, "train"), tokens);
    for (const [name, g] of clipGradients(slopesOf(variables, scope, slope), clip)) {
      gradients.set(name, g);
    }
    losses.push(loss);
  }
  return {
    name: "committee",
    network: committeeScope,
    loss: ops.mul(sum(losses), ops.scalar(1 / members)),
    inputs: new Map([["tokens", tokens], ...variables.noise]),
    gradients,
    assignments: new Map(),
    scalars: new Map(),
  };
}

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

/**
 * The generator's move: at every place of `tokens` i32 [T,N] its whole distribution of the next token
 * moves towards the mean of the members', by a divergence, nats a token. Dropout is off on all sides.
 */
export function committeeFollowerPhase(
  generator: SequenceGenerator,
  variables: Variables,
  { members, batch, clip, divergence }: CommitteeOptions & { readonly divergence: Divergence },
): Phase {
  variables.beginPhase();
  const tokens = tokensLeaf(generator, batch);
  const own = nextTokens(generator, variables.scope(generatorScope, "eval"), tokens);
  const each = Array.from({ length: members }, (_, i) =>
    ops.exp(nextTokens(generator, variables.scope(memberScope(i), "eval"), tokens)),
  );
  const mean = ops.maximum(ops.mul(sum(each), ops.scalar(1 / members)), ops.scalar(1e-30));
  const loss = divergences[divergence](
    own,
    ops.stopGradient(ops.log(mean)),
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

function sum(values: readonly Value[]): Value {
  return values.reduce((a, b) => ops.add(a, b));
}
