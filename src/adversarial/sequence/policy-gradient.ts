import * as ops from "../../graph/ops/index.ts";
import { leaf } from "../../graph/ops/leaf.ts";
import { elementCount, type Value } from "../../graph/value.ts";
import { projectedCrossEntropy, type Scope, type Variables } from "../../nn/index.ts";
import type { Phase } from "../game.ts";
import { slopesOf } from "../slopes.ts";
import { clipGradients } from "./clip-gradients.ts";
import { chosenShares, chosenTokens } from "./ended.ts";
import { generatorScope, type SequenceGenerator } from "./generator.ts";

/** The scope in which what the move remembers of rewards stands: no network's. */
const policyScope = "policy";

export interface PolicyGradientOptions {
  /** Sequences of a step, N. */
  readonly batch: number;
  /** Gradients of a larger common norm are scaled down to it. */
  readonly clip: number;
  /**
   * What is made of rewards [T,N], the rewards themselves by default; `chosen` [T,N] is 1 up to a
   * sequence's first end and 0 behind it, undefined where all sequences are full.
   */
  readonly advantages?: (s: Scope, rewards: Value, chosen: Value | undefined) => Value;
}

/**
 * The move of a generator whose tokens were rewarded (REINFORCE, Williams 1992; SeqGAN, arXiv
 * 1609.05473): minimises the mean over all tokens up to a sequence's end of -advantage log p(token |
 * tokens before it). Inputs `tokens` i32 [T,N], drawn from the generator, and `rewards` [T,N]; of a
 * generator of noise the `z` [N,Z] that they were drawn with. Dropout is off: what is rewarded is the
 * generator as it draws.
 */
export function policyGradientPhase(
  generator: SequenceGenerator,
  variables: Variables,
  { batch, clip, advantages = (_, rewards) => rewards }: PolicyGradientOptions,
): Phase {
  variables.beginPhase();
  const scope = variables.scope(generatorScope, "eval");
  const shape = [generator.length, batch];
  const tokens = leaf("tokens", shape, { kind: "data" }, "i32");
  const rewards = leaf("rewards", shape, { kind: "data" });
  const count = elementCount(shape);
  const { noise } = generator;
  const z = noise === undefined ? undefined : leaf("z", [batch, noise], { kind: "data" });
  const hidden = generator.hidden(scope, tokens, z);
  const { weight, bias } = generator.projection(scope);
  const chosen = chosenTokens(generator, tokens);
  const earned = advantages(variables.scope(policyScope), rewards, chosen);
  const share = chosenShares(generator, tokens) ?? ops.scalar(1 / count);
  const shares = ops.mul(ops.reshape(earned, [count]), share);
  const targets = ops.reshape(tokens, [count]);
  const { loss, slope } = projectedCrossEntropy(hidden, weight, bias, targets, shares);
  return {
    name: "policy",
    network: generatorScope,
    loss,
    inputs: new Map([["tokens", tokens], ["rewards", rewards], ...(z ? [["z", z] as const] : [])]),
    gradients: clipGradients(slopesOf(variables, generatorScope, slope), clip),
    assignments: new Map(variables.assigned),
    scalars: new Map(),
  };
}
