import { discriminatorScope, generatorScope, type Players } from "../../adversarial/index.ts";
import { gradients } from "../../graph/gradients.ts";
import * as ops from "../../graph/ops/index.ts";
import { leaf } from "../../graph/ops/leaf.ts";
import type { Value } from "../../graph/value.ts";
import { Variables } from "../../nn/scope.ts";
import type { NamedGraph } from "../../onnx/emit.ts";
import { findLoss } from "../../train/own-parts.ts";
import { optionsOf } from "../../train/resolve.ts";

/**
 * What D thinks of points, packed with copies of themselves: `points` [n,2] -> `logits` [n,1] and
 * `slopes` [n,2], the way in which each logit grows.
 */
export function fieldGraph(players: Players, pack: number, n: number): NamedGraph {
  const variables = new Variables();
  const points = leaf("points", [n, 2], { kind: "data" });
  const seen = ops.concat(new Array<Value>(pack).fill(points), 1);
  const logits = players.discriminator(variables.scope(discriminatorScope, "eval"), seen);
  const slopes = gradients(logits, [points])[0] as Value;
  const inputs = new Map<string, Value>([["points", points], ...leaves(variables)]);
  const outputs = new Map([
    ["logits", logits],
    ["slopes", slopes],
  ]);
  return { name: "field", inputs, outputs };
}

/**
 * Where G's loss wants its points to go: `z` [n,latent] and `real` [n,2] -> `points` [n,2] and `pull`
 * [n,2], the negative slope of the loss of the whole batch, times n.
 */
export function pullGraph(players: Players, loss: string, pack: number, n: number): NamedGraph {
  const variables = new Variables();
  const z = leaf("z", [n, players.latent], { kind: "data" });
  const real = leaf("real", [n, 2], { kind: "data" });
  const points = players.generator(variables.scope(generatorScope, "eval"), z);
  const judge = (x: Value) =>
    players.discriminator(
      variables.scope(discriminatorScope, "eval"),
      ops.reshape(x, [n / pack, 2 * pack]),
    );
  const rule = findLoss(loss);
  const logits = { real: judge(real), fake: judge(points) };
  const value = rule.generator(logits, optionsOf(rule, { name: loss }, "loss"));
  const slope = gradients(value, [points])[0] as Value;
  const pull = ops.mul(slope, ops.scalar(-n));
  const inputs = new Map<string, Value>([["z", z], ["real", real], ...leaves(variables)]);
  const outputs = new Map([
    ["points", points],
    ["pull", pull],
  ]);
  return { name: "pull", inputs, outputs };
}

function leaves(variables: Variables): [string, Value][] {
  return [...variables.all.values()].map((v) => [v.name, v.value]);
}
