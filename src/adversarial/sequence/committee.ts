import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import type { Variables } from "../../nn/index.ts";
import type { Phase } from "../game.ts";
import { slopesOf } from "../slopes.ts";
import { clipGradients } from "./clip-gradients.ts";
import { type FollowerOptions, followerPhase } from "./follower.ts";
import type { SequenceGenerator } from "./generator.ts";
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

/** The generator's move: `followerPhase` after the mean of the members. */
export function committeeFollowerPhase(
  generator: SequenceGenerator,
  variables: Variables,
  { members, ...options }: FollowerOptions & Pick<CommitteeOptions, "members">,
): Phase {
  return followerPhase(generator, variables, options, (tokens) => {
    const each = Array.from({ length: members }, (_, i) =>
      ops.exp(nextTokens(generator, variables.scope(memberScope(i), "eval"), tokens)),
    );
    return ops.log(ops.maximum(ops.mul(sum(each), ops.scalar(1 / members)), ops.scalar(1e-30)));
  });
}

function sum(values: readonly Value[]): Value {
  return values.reduce((a, b) => ops.add(a, b));
}
