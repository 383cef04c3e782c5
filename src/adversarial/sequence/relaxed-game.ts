import * as ops from "../../graph/ops/index.ts";
import { leaf } from "../../graph/ops/leaf.ts";
import type { Value } from "../../graph/value.ts";
import type { Variables } from "../../nn/index.ts";
import type { Phase } from "../game.ts";
import type { Loss } from "../loss.ts";
import { slopesOf } from "../slopes.ts";
import { clipGradients } from "./clip-gradients.ts";
import { discriminatorScope, type SoftSequenceDiscriminator } from "./discriminator.ts";
import { generatorScope, type SequenceGenerator } from "./generator.ts";
import { relaxedSequences } from "./relaxed-sequences.ts";

export interface RelaxedGameOptions {
  /** Real sequences of a step, N; as many fakes. */
  readonly batch: number;
  /** Gradients of a larger common norm are scaled down to it. */
  readonly clip: number;
  readonly loss: { readonly rule: Loss; readonly options: unknown };
}

export interface RelaxedGame {
  readonly generator: Phase;
  readonly discriminator: Phase;
}

/**
 * The moves of a generator whose relaxed sequences the discriminator reads, so that the gradient
 * passes through the draws (RelGAN, ICLR 2019). Each draws sequences of its own; inputs are `real`
 * i32 [T,N] and `beta` [], the inverse temperature. The loss is taken of each real sequence and a fake
 * one, of each representation by itself. D's phase logs `realScore` and `fakeScore`, its mean logits.
 */
export function relaxedGame(
  generator: SequenceGenerator,
  discriminator: SoftSequenceDiscriminator,
  variables: Variables,
  { batch, clip, loss: { rule, options } }: RelaxedGameOptions,
): RelaxedGame {
  const begin = () => {
    variables.beginPhase();
    const real = leaf("real", [generator.length, batch], { kind: "data" }, "i32");
    const beta = leaf("beta", [], { kind: "data" });
    // Dropout is the judge's alone: what is judged is G as it draws.
    const g = variables.scope(generatorScope, "eval");
    const { soft } = relaxedSequences(generator, g, { batch, beta });
    return { real, beta, soft, d: variables.scope(discriminatorScope, "train") };
  };
  const phase = (
    name: string,
    network: string,
    loss: Value,
    { real, beta }: ReturnType<typeof begin>,
    scalars: Phase["scalars"],
  ): Phase => ({
    ...{ name, network, loss, scalars, assignments: new Map() },
    inputs: new Map([["real", real], ["beta", beta], ...variables.noise]),
    gradients: clipGradients(slopesOf(variables, network, loss), clip),
  });

  const forG = begin();
  const fake = discriminator.scores(forG.d, discriminator.embed(forG.d, forG.soft));
  const real = rule.generatorNeedsReal
    ? discriminator.scores(forG.d, discriminator.embed(forG.d, forG.real))
    : fake;
  const g = phase("g", generatorScope, rule.generator({ real, fake }, options), forG, new Map());

  const forD = begin();
  const vectors = [forD.real, ops.stopGradient(forD.soft)].map((x) =>
    discriminator.embed(forD.d, x),
  );
  const scores = discriminator.scores(forD.d, ops.concat(vectors, 1));
  const logits = {
    real: ops.slice(scores, 0, 0, batch),
    fake: ops.slice(scores, 0, batch, 2 * batch),
  };
  const means = new Map([
    ["realScore", ops.reduceMean(logits.real)],
    ["fakeScore", ops.reduceMean(logits.fake)],
  ]);
  const dLoss = rule.discriminator(logits, options);
  return {
    generator: g,
    discriminator: phase("d", discriminatorScope, dLoss, forD, means),
  };
}
