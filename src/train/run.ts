import type { GanModel } from "../adversarial/index.ts";
import type { DataRequest, ImageDataset } from "../data/image-dataset.ts";
import { openData } from "../data/index.ts";
import type { DataSpec } from "../data/source.ts";
import { checkConfig, type RunConfig } from "../recipes/index.ts";
import { chooseBackend } from "../runtime/index.ts";
import type { Backend } from "../runtime/session.ts";
import { GansmithError } from "../util/errors.ts";
import { CheckpointStore, type LoadedCheckpoint } from "./checkpoint.ts";
import type { TrainingEnd } from "./messages.ts";
import { modelOf } from "./resolve.ts";
import { RunFolder } from "./run-folder.ts";
import { Sampler } from "./sampler.ts";

export interface SampleOptions {
  /** Default: the run's seed. */
  readonly seed?: number;
  /** The class of a conditional generator; all in turn by default. */
  readonly label?: number;
  /** Standard deviation of z; below 1 trades diversity for quality. */
  readonly truncation?: number;
}

/** A run folder as a trained generator. */
export class Run {
  readonly path: string;
  readonly config: RunConfig;
  /** How the training session ended that this object came from. */
  readonly end: TrainingEnd | undefined;

  /** Throws a usage error when `path` is no run folder. */
  constructor(path: string, end?: TrainingEnd) {
    this.path = path;
    this.config = checkConfig(RunFolder.open(path).config);
    this.end = end;
  }

  /** The last good checkpoint. Throws a checkpoint error when there is none. */
  checkpoint(): LoadedCheckpoint {
    const found = new CheckpointStore(RunFolder.open(this.path).checkpointsPath).latest();
    if (found) return found;
    throw new GansmithError(
      "checkpoint",
      `${this.path} has no checkpoint; train it first with \`gansmith resume ${this.path}\`.`,
    );
  }

  openData(split: DataRequest["split"]): Promise<ImageDataset> {
    const { data, size, channels } = this.config;
    return openData(data as DataSpec, { size, channels, split });
  }

  /** The trained generator's model and weights (the average where one is kept), by variable name. */
  async generator(): Promise<{ model: GanModel; weights: Map<string, Float32Array> }> {
    const { tensors } = this.checkpoint();
    const prefix = this.config.emaKimg > 0 ? "ema/" : "";
    const weights = new Map<string, Float32Array>();
    for (const [name, tensor] of tensors) {
      if (name.startsWith(`${prefix}generator/`)) {
        weights.set(name.slice(prefix.length), tensor.data as Float32Array);
      }
    }
    const data = await this.openData("train");
    try {
      return { model: modelOf(this.config, data.channels, data.classes.length), weights };
    } finally {
      data.close();
    }
  }

  /** A sampler with the run's weights; release it after use. */
  async sampler(backend: Backend = chooseBackend("cpu")): Promise<Sampler> {
    const { model, weights } = await this.generator();
    const sampler = await Sampler.create(model, backend);
    sampler.setWeights(weights);
    return sampler;
  }

  /** `n` images as Float32Array, NCHW in [-1, 1]. */
  async sample(n: number, options: SampleOptions = {}): Promise<Float32Array> {
    const sampler = await this.sampler();
    try {
      const { image } = sampler.model;
      const stride = image.channels * image.size ** 2;
      const out = new Float32Array(n * stride);
      let at = 0;
      for await (const chunk of sampler.stream(n, options.seed ?? this.config.seed, options)) {
        out.set(chunk, at);
        at += chunk.length;
      }
      return out;
    } finally {
      await sampler.release();
    }
  }
}
