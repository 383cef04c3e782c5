import { generatorGraph } from "../../adversarial/index.ts";
import { simplify } from "../../graph/passes/index.ts";
import type { Value } from "../../graph/value.ts";
import { encodeModelChunks, type OnnxModel } from "../../onnx/model.ts";
import { writeFileAtomic } from "../../util/node/files.ts";
import type { Run, TrainedGenerator } from "../run.ts";
import { boundModel } from "./bound-model.ts";
import type { ExportFormat } from "./format.ts";

/** The generator alone, ready to draw images: `generator.onnx`. */
export const onnxFormat: ExportFormat = {
  name: "onnx",
  summary: "the generator as one ONNX file with a free batch size",
  extension: ".onnx",
  async write(run, out) {
    const generator = run.generator();
    const { parts, length } = encodeModelChunks(generatorModel(run, generator));
    writeFileAtomic(out, parts);
    const { image, latent, classes } = generator.model;
    const size = [image.channels, image.size, image.size];
    return { file: out, bytes: length, latent, classes, image: size, step: generator.step };
  },
};

/**
 * The generator in eval mode with its weights as initializers. Inputs: `z` [N,latent] ~ N(0, I) and,
 * for a conditional generator, `labels` i32 [N]; output `images` [N,C,H,W] in [-1, 1].
 */
function generatorModel(run: Run, { model, weights, classes, step }: TrainedGenerator): OnnxModel {
  const { graph, variables } = generatorGraph(model);
  const [images] = simplify([...graph.outputs.values()]);
  const outputs = new Map([["images", images as Value]]);
  const { config } = run;
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
