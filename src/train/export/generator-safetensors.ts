import { type NamedTensor, safetensorsChunks } from "../../onnx/safetensors.ts";
import { GansmithError } from "../../util/errors.ts";
import { writeFileAtomic } from "../../util/node/files.ts";
import { version } from "../../util/version.ts";
import type { ExportFormat } from "./format.ts";

/**
 * Both players' weights and running statistics by name, such as `generator/up1/weight`; where a moving
 * average is kept, the generator's are the averaged ones.
 */
export const safetensorsFormat: ExportFormat = {
  name: "safetensors",
  summary: "the weights of both networks by name, for other programs",
  extension: ".safetensors",
  async write(run, out) {
    const { tensors, step } = run.checkpoint();
    const { model, weights } = run.generator();
    const kept = new Map<string, NamedTensor>();
    for (const [name, tensor] of tensors) {
      const average = weights.get(name);
      if (average) kept.set(name, { ...tensor, data: average as Float32Array<ArrayBuffer> });
      else if (/^(generator|discriminator)\//.test(name)) kept.set(name, tensor);
    }
    if (kept.size === 0) {
      throw new GansmithError("checkpoint", `${run.path}: the checkpoint holds no weights.`);
    }
    const { recipe, seed, emaKimg, data } = run.config;
    const metadata = {
      recipe,
      model: run.config.model.name,
      data: data.name,
      seed: String(seed),
      step: String(step),
      latent: String(model.latent),
      averaged: String(emaKimg > 0),
      gansmith: version,
    };
    writeFileAtomic(out, safetensorsChunks(kept, metadata));
    return { file: out, tensors: kept.size, step };
  },
};
