import * as ops from "../../graph/ops/index.ts";
import { leaf } from "../../graph/ops/leaf.ts";
import { graphError, type Value } from "../../graph/value.ts";
import type { Variables } from "../../nn/index.ts";
import type { Phase } from "../game.ts";
import { slopesOf } from "../slopes.ts";
import { discriminatorScope, type SequenceDiscriminator } from "./discriminator.ts";

export interface DiscriminatorPhaseOptions {
  /** Tokens of a sequence, T. */
  readonly length: number;
  /** Real sequences of a step, N; as many fakes. */
  readonly batch: number;
  /** Weight of the squared norm of the layers that `decayed` says; SeqGAN: 0.2. */
  readonly l2: number;
  /** The last layer, `out`, by default. */
  readonly decayed?: "last" | "all";
}

/**
 * The discriminator's move on sequences `real` and `fake`, i32 [T,N] each, in one pass of 2N rows: over
 * all judgements mean(softplus(-D(real)) + softplus(D(fake))) + l2/2 |w|^2, w being the last layer's
 * weight and bias, or all that D has. Logs `realAccuracy` and `fakeAccuracy`, shares of judgements. Its
 * variables are made in `variables`. Throws a graph error where l2 > 0 and there is no layer `out`.
 *
 * For a judge of whole sequences it is twice SeqGAN's loss (arXiv 1609.05473), a mean over 2N rows: with
 * the logits of its two classes w x / 2 and -w x / 2, their squared norms make half of |w|^2. For one of
 * every beginning it is twice ScratchGAN's (arXiv 1905.09922).
 */
export function discriminatorPhase(
  discriminator: SequenceDiscriminator,
  variables: Variables,
  { length, batch, l2, decayed = "last" }: DiscriminatorPhaseOptions,
): Phase {
  variables.beginPhase();
  const sequences = (name: string) => leaf(name, [length, batch], { kind: "data" }, "i32");
  const [real, fake] = [sequences("real"), sequences("fake")];
  const scope = variables.scope(discriminatorScope, "train");
  const logits = discriminator.judge(scope, ops.concat([real, fake], 1));
  const onReal = ops.slice(logits, 1, 0, batch);
  const onFake = ops.slice(logits, 1, batch, 2 * batch);
  const missed = ops.add(ops.softplus(ops.neg(onReal)), ops.softplus(onFake));
  const under = decayed === "all" ? discriminatorScope : `${discriminatorScope}/out`;
  const decay = l2 > 0 ? decayOf(variables, under, l2) : ops.scalar(0);
  const loss = ops.add(ops.reduceMean(missed), decay);
  return {
    name: "d",
    network: discriminatorScope,
    loss,
    inputs: new Map([["real", real], ["fake", fake], ...variables.noise]),
    gradients: slopesOf(variables, discriminatorScope, loss),
    assignments: new Map(variables.assigned),
    scalars: new Map([
      ["realAccuracy", share(ops.greater(onReal, ops.scalar(0)))],
      ["fakeAccuracy", share(ops.greater(ops.scalar(0), onFake))],
    ]),
  };
}

/** l2/2 times the squared norm of what is trained below a path. */
function decayOf(variables: Variables, path: string, l2: number): Value {
  const weights = variables.under(path).filter((v) => v.trainable);
  if (weights.length === 0) {
    throw graphError("discriminatorPhase", `l2 ${l2} needs a last layer "out", there is none`);
  }
  const squares = weights.map(({ value }) => ops.reduceSum(ops.mul(value, value)));
  return ops.mul(
    squares.reduce((a, b) => ops.add(a, b)),
    ops.scalar(l2 / 2),
  );
}

function share(right: Value): Value {
  return ops.reduceMean(ops.cast(right, "f32"));
}
