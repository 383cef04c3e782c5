import type { Variable } from "../../nn/scope.ts";
import { emitModel, type NamedGraph } from "../../onnx/emit.ts";
import type { OnnxModel, OnnxTensor } from "../../onnx/model.ts";
import { GansmithError } from "../../util/errors.ts";
import { version } from "../../util/version.ts";
import type { Arrays } from "../loop/weighted-session.ts";

/**
 * A network as a model of its own: its variables are initializers that hold the weights, the other
 * inputs remain. Throws a checkpoint error where an array is missing.
 */
export function boundModel(
  graph: NamedGraph,
  variables: readonly Variable[],
  weights: Arrays,
  about: { readonly docString: string; readonly metadata: Readonly<Record<string, string>> },
): OnnxModel {
  const emitted = emitModel(graph);
  const arrays = new Map<string, OnnxTensor>();
  for (const { name, shape } of variables) {
    const data = weights.get(name);
    if (!data) throw new GansmithError("checkpoint", `the checkpoint has no array "${name}".`);
    arrays.set(name, { name, dtype: "f32", dims: shape, data });
  }
  const { inputs, initializers } = emitted.graph;
  const bound = inputs.flatMap(({ name }) => arrays.get(name) ?? []);
  return {
    ...emitted,
    producerVersion: version,
    docString: about.docString,
    metadata: { ...about.metadata, gansmith: version },
    graph: {
      ...emitted.graph,
      inputs: inputs.filter(({ name }) => !arrays.has(name)),
      initializers: [...initializers, ...bound],
    },
  };
}
