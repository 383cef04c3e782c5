import { leaf } from "../graph/ops/leaf.ts";
import type { Value } from "../graph/value.ts";
import { type Variable, Variables } from "../nn/scope.ts";
import type { NamedGraph } from "../onnx/emit.ts";
import type { Players } from "./model.ts";

/**
 * D as a graph for a free number of unconditional samples [N, ...sample]: `samples` -> `logits` [N,1].
 * Running statistics stand in for those of the batch.
 */
export function discriminatorGraph(
  model: Players,
  sample: readonly number[],
): { graph: NamedGraph; variables: readonly Variable[] } {
  const variables = new Variables();
  const samples = leaf("samples", ["N", ...sample], { kind: "data" });
  const logits = model.discriminator(variables.scope("discriminator", "eval"), samples);
  const all = [...variables.all.values()];
  const inputs = new Map<string, Value>([
    ["samples", samples],
    ...all.map((v): [string, Value] => [v.name, v.value]),
  ]);
  const graph = { name: "discriminator", inputs, outputs: new Map([["logits", logits]]) };
  return { graph, variables: all };
}
