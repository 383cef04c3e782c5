import { encodeModelChunks } from "../../onnx/model.ts";
import { writeFileAtomic } from "../../util/node/files.ts";
import type { ExportFormat } from "./format.ts";
import { generatorModel } from "./generator-model.ts";

/** The generator alone, ready to draw images: `generator.onnx`. */
export const onnxFormat: ExportFormat = {
  name: "onnx",
  summary: "the generator as one ONNX file with a free batch size",
  extension: ".onnx",
  async write(run, out) {
    const generator = run.generator();
    const { parts, length } = encodeModelChunks(generatorModel(run.config, generator));
    writeFileAtomic(out, parts);
    const { image, latent, classes } = generator.model;
    const size = [image.channels, image.size, image.size];
    return { file: out, bytes: length, latent, classes, image: size, step: generator.step };
  },
};
