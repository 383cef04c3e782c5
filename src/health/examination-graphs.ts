import type { Game, Phase, Players } from "../adversarial/index.ts";
import * as ops from "../graph/ops/index.ts";
import { leaf, leafRole } from "../graph/ops/leaf.ts";
import { elementCount, type Value } from "../graph/value.ts";
import { Variables } from "../nn/scope.ts";
import type { Tensor } from "../runtime/session.ts";
import type { Random } from "../util/random.ts";

interface JudgeSpec {
  readonly players: Players;
  readonly sample: readonly number[];
  readonly batch: number;
  readonly pack: number;
}

/** Both players as in training; real [N,...], z -> logits of both, and the fakes, `samples`. */
export function judgeGraph({ players, sample, batch, pack }: JudgeSpec) {
  const variables = new Variables();
  const real = leaf("real", [batch, ...sample], { kind: "data" });
  const z = leaf("z", [batch, players.latent], { kind: "data" });
  const labels = players.classes > 0 ? leaf("labels", [batch], { kind: "data" }, "i32") : undefined;
  const samples = players.generator(variables.scope("generator"), z, labels);
  const packed = (x: Value) =>
    ops.reshape(x, [batch / pack, (sample[0] as number) * pack, ...sample.slice(1)]);
  const discriminate = (x: Value) => {
    const logits = players.discriminator(variables.scope("discriminator"), packed(x), labels);
    return ops.reshape(logits, [batch / pack]);
  };
  const outputs = new Map([
    ["realLogits", discriminate(real)],
    ["fakeLogits", discriminate(samples)],
    ["samples", samples],
  ]);
  const inputs = new Map([
    ["real", real],
    ["z", z],
    ...(labels ? [["labels", labels] as const] : []),
    ...variables.noise,
    ...[...variables.all.values()].map((v) => [v.name, v.value] as const),
  ]);
  return { name: "judge", inputs, outputs };
}

/** A phase without its updates: `loss`, its scalars, and the squared length of its gradient, `slope`. */
export function moveGraph({ variables }: Game, phase: Phase) {
  const squares = [...phase.gradients.values()].map((g) => ops.reduceSum(ops.mul(g, g)));
  const slope = squares.reduce((a, b) => ops.add(a, b), ops.scalar(0));
  const arrays = [...variables.all.values()].map((v) => [v.name, v.value] as const);
  return {
    name: `examine-${phase.name}`,
    inputs: new Map([...arrays, ...phase.inputs]),
    outputs: new Map([["loss", phase.loss], ["slope", slope], ...phase.scalars]),
  };
}

/** A graph's random numbers and schedules. */
export function* noiseFeeds(
  inputs: ReadonlyMap<string, Value>,
  kimg: number,
  random: Random,
): Generator<[string, Tensor]> {
  for (const [name, v] of inputs) {
    const role = leafRole(v);
    if (role.kind !== "noise" && role.kind !== "schedule") continue;
    const data = new Float32Array(elementCount(v.shape));
    if (role.kind === "schedule") data[0] = role.at(kimg);
    else if (role.distribution === "uniform") random.fillUniform(data);
    else random.fillNormal(data);
    yield [name, { dtype: "f32", dims: v.shape as readonly number[], data }];
  }
}
