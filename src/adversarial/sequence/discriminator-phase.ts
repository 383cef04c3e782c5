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
  /** Weight of the last layer's squared norm; SeqGAN: 0.2. */
  readonly l2: number;
}

/**
 * The discriminator's move on sequences `real` and `fake`, i32 [T,N] each, in one pass of 2N rows:
 * mean(softplus(-D(real)) + softplus(D(fake))) + l2/2 |out|^2, `out` being the last layer's weight
 * and bias. Logs `realAccuracy` and `fakeAccuracy`. Its variables are made in `variables`. Throws a
 * graph error where l2 > 0 and the discriminator has no layer `out`.
 *
 * It is twice SeqGAN's loss (arXiv 1609.05473), a mean over 2N rows: with the logits of its two classes
 * w x / 2 and -w x / 2, their squared norms make half of |w|^2.
 */
export function discriminatorPhase(
  discriminator: SequenceDiscriminator,
  variables: Variables,
  { length, batch, l2 }: DiscriminatorPhaseOptions,
): Phase {
  variables.beginPhase();
  const sequences = (name: string) => leaf(name, [length, batch], { kind: "data" }, "i32");
  const [real, fake] = [sequences("real"), sequences("fake")];
  const scope = variables.scope(discriminatorScope, "train");
  const logits = discriminator.judge(scope, ops.concat([real, fake], 1));
  const onReal = ops.slice(logits, 0, 0, batch);
  const onFake = ops.slice(logits, 0, batch, 2 * batch);
  const missed = ops.add(ops.softplus(ops.neg(onReal)), ops.softplus(onFake));
  const loss = ops.add(ops.reduceMean(missed), l2 > 0 ? decay(variables, l2) : ops.scalar(0));
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

/** l2/2 times the squared norm of the last layer. */
function decay(variables: Variables, l2: number): Value {
  const last = variables.under(`${discriminatorScope}/out`).filter((v) => v.trainable);
  if (last.length === 0) {
    throw graphError("discriminatorPhase", `l2 ${l2} needs a last layer "out", there is none`);
  }
  const squares = last.map(({ value }) => ops.reduceSum(ops.mul(value, value)));
  return ops.mul(
    squares.reduce((a, b) => ops.add(a, b)),
    ops.scalar(l2 / 2),
  );
}

function share(right: Value): Value {
  return ops.reduceMean(ops.cast(right, "f32"));
}
