import * as ops from "../../graph/ops/index.ts";
import { leaf } from "../../graph/ops/leaf.ts";
import type { Value } from "../../graph/value.ts";
import type { Variables } from "../../nn/index.ts";
import type { Phase } from "../game.ts";
import { slopesOf } from "../slopes.ts";
import { discriminatorScope } from "./discriminator.ts";
import { directionsOf, logRanks, type SequenceRanker, standardOf } from "./ranker.ts";

export interface RankerPhaseOptions {
  /** Tokens of a sequence, T. */
  readonly length: number;
  /** Real sequences of a step, N; as many fakes. */
  readonly batch: number;
  /** Real sequences by which both are ranked, U. */
  readonly references: number;
  /** What cosines are multiplied by before the softmax. */
  readonly gamma: number;
}

/**
 * The ranker's move (RankGAN, arXiv 1705.11001) on sequences `real` and `fake`, i32 [T,N] each, and
 * `references` i32 [T,U], in one pass: -mean log R(real | fakes) + mean log R(fake | reals), see
 * `logRanks`. Logs `realAccuracy`, the share of the real that come before an average fake, R > 1 / (N + 1),
 * and `fakeAccuracy`, that of the fakes that come behind an average real one. The ranker stands where a
 * discriminator would; its variables are made in `variables`.
 */
export function rankerPhase(
  ranker: SequenceRanker,
  variables: Variables,
  { length, batch, references: count, gamma }: RankerPhaseOptions,
): Phase {
  variables.beginPhase();
  const sequences = (name: string, n: number) => leaf(name, [length, n], { kind: "data" }, "i32");
  const [real, fake] = [sequences("real", batch), sequences("fake", batch)];
  const references = sequences("references", count);
  const scope = variables.scope(discriminatorScope, "train");
  const all = directionsOf(ranker.features(scope, ops.concat([real, fake, references], 1)));
  const ofReal = ops.slice(all, 0, 0, batch);
  const ofFake = ops.slice(all, 0, batch, 2 * batch);
  const by = ops.slice(all, 0, 2 * batch, 2 * batch + count);
  const onReal = logRanks(ofReal, standardOf(by, ofFake, gamma), gamma);
  const onFake = logRanks(ofFake, standardOf(by, ofReal, gamma), gamma);
  const loss = ops.sub(ops.reduceMean(onFake), ops.reduceMean(onReal));
  const average = ops.scalar(-Math.log(batch + 1));
  return {
    name: "d",
    network: discriminatorScope,
    loss,
    inputs: new Map([
      ["real", real],
      ["fake", fake],
      ["references", references],
      ...variables.noise,
    ]),
    gradients: slopesOf(variables, discriminatorScope, loss),
    assignments: new Map(variables.assigned),
    scalars: new Map([
      ["realAccuracy", share(ops.greater(onReal, average))],
      ["fakeAccuracy", share(ops.greater(average, onFake))],
    ]),
  };
}

function share(right: Value): Value {
  return ops.reduceMean(ops.cast(right, "f32"));
}
