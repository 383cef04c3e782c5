import type { DataRequest, ImageDataset } from "../data/image-dataset.ts";
import { absoluteData, openData } from "../data/index.ts";
import type { DataSpec } from "../data/source.ts";
import type { MetricResult } from "../metrics/index.ts";
import { checkConfig, type RunConfig } from "../recipes/index.ts";
import { chooseBackend } from "../runtime/index.ts";
import type { Backend } from "../runtime/session.ts";
import { usageError } from "../util/errors.ts";
import type { JsonObject } from "../util/json.ts";
import type { TrainedGenerator } from "./export/generator-model.ts";
import { Sampler } from "./loop/sampler.ts";
import type { TrainerState } from "./loop/trainer.ts";
import { modelOf } from "./resolve.ts";
import { CheckpointStore, type LoadedCheckpoint } from "./run-folder/checkpoint.ts";
import { RunFolder } from "./run-folder/run-folder.ts";
import type { TrainingEnd } from "./session/messages.ts";
import type { DatasetState } from "./session/run-data.ts";

export interface SampleOptions {
  /** Default: the run's seed. */
  readonly seed?: number;
  /** The class of a conditional generator; all in turn by default. */
  readonly label?: number;
  /** Standard deviation of z; below 1 trades diversity for quality. */
  readonly truncation?: number;
}

export interface EvaluateRunOptions {
  /** Names of metrics; all that suit the data by default. */
  readonly metrics?: readonly string[] | undefined;
  /** The feature network's name; the one that suits the data by default. */
  readonly network?: string | undefined;
  /** Images to draw; default: the run's `evalSamples`, or what the network judges in about two minutes. */
  readonly n?: number | undefined;
  /** Default: the run's seed. */
  readonly seed?: number | undefined;
  /** What the samples shall look like; default: the run's own data. */
  readonly data?: DataSpec | undefined;
  readonly onProgress?: ((stage: string, done: number, total?: number) => void) | undefined;
  /** Hears what makes the figures say little. */
  readonly onWarning?: ((message: string) => void) | undefined;
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
    return new CheckpointStore(RunFolder.open(this.path).checkpointsPath).newest(this.path);
  }

  /** How long the last good checkpoint was trained for. */
  trained(): { readonly step: number; readonly kimg: number; readonly seconds: number } {
    const { step, state } = this.checkpoint();
    const { images, elapsedMs } = state as unknown as TrainerState;
    return { step, kimg: images / 1000, seconds: elapsedMs / 1000 };
  }

  /** What it was trained on; paths that it names from its own folder hold from any. */
  get data(): DataSpec {
    return absoluteData(this.config.data as DataSpec, this.path);
  }

  openData(split: DataRequest["split"], data = this.data): Promise<ImageDataset> {
    const { size, channels } = this.config;
    return openData(data, { size, channels, split });
  }

  /**
   * The trained generator's model, weights (the average where one is kept) by variable name, and the
   * names of the data's classes. Needs the run folder only, not the data.
   */
  generator(): TrainedGenerator {
    const { step, tensors, state } = this.checkpoint();
    const prefix = this.config.emaKimg > 0 ? "ema/" : "";
    const weights = new Map<string, Float32Array>();
    for (const [name, tensor] of tensors) {
      if (name.startsWith(`${prefix}generator/`)) {
        weights.set(name.slice(prefix.length), tensor.data as Float32Array);
      }
    }
    const { channels, classes } = (state as unknown as { dataset: DatasetState }).dataset;
    return { step, model: modelOf(this.config, channels, classes.length), weights, classes };
  }

  /** A sampler with the run's weights; release it after use. */
  async sampler(backend: Backend = chooseBackend("cpu")): Promise<Sampler> {
    const { model, weights } = this.generator();
    const sampler = await Sampler.create(model, backend);
    sampler.setWeights(weights);
    return sampler;
  }

  /**
   * Judges freshly drawn samples; results by metric name. Throws a usage error for unknown metrics and
   * for data without test images.
   */
  async evaluate(options: EvaluateRunOptions = {}): Promise<Record<string, MetricResult>> {
    const { evaluateSamples, featureNetworkFor } = await import("../metrics/index.ts");
    const { evalSamples } = this.config;
    const { data = this.data, seed = this.config.seed, ...others } = options;
    const { samples: most } = featureNetworkFor(data.name, options.network);
    const { n = Math.min(evalSamples, most) } = options;
    const backend = chooseBackend(
      "cpu",
      this.config.threads ? { threads: this.config.threads } : {},
    );
    const train = await this.openData("train", data);
    try {
      const test = await this.openData("test", data);
      try {
        const sampler = await this.sampler(backend);
        try {
          const samples = sampler.stream(n, seed);
          return await evaluateSamples({
            samples,
            train,
            test,
            backend,
            seed,
            ...others,
          });
        } finally {
          await sampler.release();
        }
      } finally {
        test.close();
      }
    } finally {
      train.close();
    }
  }

  /**
   * Writes the run in another form: `onnx` (the generator), `safetensors` (the weights) or
   * `training-step` (a folder). Without `format` the path's ending decides. Throws a usage error when
   * it says nothing.
   */
  async export(path: string, format?: string): Promise<JsonObject> {
    const { exportFormatByName, exportFormatOf } = await import("./export/index.ts");
    const chosen = format === undefined ? exportFormatOf(path) : exportFormatByName(format);
    if (chosen) return chosen.write(this, path);
    throw usageError(
      `"${path}" does not say which format is wanted; end it in .onnx or .safetensors, or name a format.`,
    );
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
