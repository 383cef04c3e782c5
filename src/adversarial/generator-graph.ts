import { leaf } from "../graph/ops/leaf.ts";
import type { Value } from "../graph/value.ts";
import { type Variable, Variables } from "../nn/scope.ts";
import type { NamedGraph } from "../onnx/emit.ts";
import { noiseRole, type Players } from "./model.ts";

/**
 * The generator as it is used: eval mode, free batch size N. Inputs `z` [N,latent] and, for a
 * conditional model, `labels` i32 [N]; its variables are further inputs by name. Output `images`
 * [N,C,H,W] in [-1, 1].
 */
export function generatorGraph(model: Players): {
  readonly graph: NamedGraph;
  readonly variables: readonly Variable[];
} {
  const variables = new Variables();
  const z = leaf("z", ["N", model.latent], noiseRole(model));
  const inputs = new Map<string, Value>([["z", z]]);
  const labels = model.classes > 0 ? leaf("labels", ["N"], { kind: "data" }, "i32") : undefined;
  if (labels) inputs.set("labels", labels);
  const images = model.generator(variables.scope("generator", "eval"), z, labels);
  for (const v of variables.all.values()) inputs.set(v.name, v.value);
  return {
    graph: { name: "generator", inputs, outputs: new Map([["images", images]]) },
    variables: [...variables.all.values()],
  };
}
