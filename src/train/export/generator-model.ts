import { type GanModel, generatorGraph } from "../../adversarial/index.ts";
import { simplify } from "../../graph/passes/index.ts";
import type { Value } from "../../graph/value.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import type { RunConfig } from "../../recipes/index.ts";
import { boundModel } from "./bound-model.ts";

/** A generator with its weights, and what it was trained for. */
export interface TrainedGenerator {
  /** Steps that it was trained for. */
  readonly step: number;
  readonly model: GanModel;
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** Names of the data's classes. */
  readonly classes: readonly string[];
}

/**
 * The generator in eval mode with its weights as initializers. Inputs: `z` [N,latent] ~ N(0, I) and,
 * for a conditional generator, `labels` i32 [N]; output `images` [N,C,H,W] in [-1, 1].
 */
export function generatorModel(
  config: RunConfig,
  { model, weights, classes, step }: TrainedGenerator,
): OnnxModel {
  const { graph, variables } = generatorGraph(model);
  const [images] = simplify([...graph.outputs.values()]);
  const outputs = new Map([["images", images as Value]]);
  return boundModel({ ...graph, outputs }, variables, weights, {
    docString: `Generator of ${config.recipe}: z [N,${model.latent}] ~ N(0, I) -> images in [-1, 1].`,
    metadata: {
      recipe: config.recipe,
      model: config.model.name,
      data: config.data.name,
      seed: String(config.seed),
      step: String(step),
      latent: String(model.latent),
      classes: model.classes > 0 ? JSON.stringify(classes) : "[]",
      image: [model.image.channels, model.image.size, model.image.size].join("x"),
      valueRange: "[-1, 1]",
      layout: "NCHW",
    },
  });
}
