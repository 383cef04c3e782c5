import * as ops from "../../graph/ops/index.ts";
import { leaf } from "../../graph/ops/leaf.ts";
import type { Value } from "../../graph/value.ts";
import type { Variables } from "../../nn/index.ts";
import type { Phase } from "../game.ts";
import { slopesOf } from "../slopes.ts";
import { clipGradients } from "./clip-gradients.ts";
import { followerPhase } from "./follower.ts";
import type { SequenceGenerator } from "./generator.ts";
import { likelihoodLoss, nextTokens } from "./likelihood.ts";

/** The scope in which a mediator's variables stand. */
export const mediatorScope = "mediator";

export interface MediatorOptions {
  /** Real sequences of a step, N; as many of the generator's. */
  readonly batch: number;
  /** Gradients of a larger common norm are scaled down to it. */
  readonly clip: number;
}

/**
 * The mediator's move (CoT, arXiv 1804.03782): maximum likelihood of real sequences and the generator's,
 * half and half, with a network of the generator's kind. Inputs `real` and `fake`, i32 [T,N] each.
 */
export function mediatorPhase(
  network: SequenceGenerator,
  variables: Variables,
  { batch, clip }: MediatorOptions,
): Phase {
  variables.beginPhase();
  const sequences = (name: string) => leaf(name, [network.length, batch], { kind: "data" }, "i32");
  const [real, fake] = [sequences("real"), sequences("fake")];
  const both = ops.concat([real, fake], 1);
  const scope = variables.scope(mediatorScope, "train");
  const { loss, slope } = likelihoodLoss(network, scope, both);
  return {
    name: "mediator",
    network: mediatorScope,
    loss,
    inputs: new Map([["real", real], ["fake", fake], ...variables.noise]),
    gradients: clipGradients(slopesOf(variables, mediatorScope, slope), clip),
    assignments: new Map(),
    scalars: new Map(),
  };
}

/**
 * The generator's move (CoT): at every place of its own sequences `tokens` i32 [T,N], the whole
 * distribution P of the next token moves towards the mediator's M: the mean over places of
 * sum P (log P - log M), nats a token; places after an end do not count. Dropout is off on both sides.
 */
export function mediatedPhase(
  generator: SequenceGenerator,
  variables: Variables,
  options: MediatorOptions,
): Phase {
  const mediated = (tokens: Value) =>
    nextTokens(generator, variables.scope(mediatorScope, "eval"), tokens);
  return followerPhase(generator, variables, { ...options, divergence: "reverse" }, mediated);
}
