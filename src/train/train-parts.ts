import type { DataSpec } from "../data/source.ts";
import {
  adam,
  type ModelSpec,
  nonSaturating,
  type OptimizerSpec,
  type PartSpec,
} from "../recipes/builders.ts";
import { checkConfig, defaults, type RunConfig } from "../recipes/index.ts";
import { finishRun } from "./finish.ts";
import type { Run } from "./run.ts";
import { type TrainOptions, trainConfig } from "./train.ts";

/** A training run in code: parts, when it ends, and any further value of a configuration. */
export interface TrainSpec
  extends TrainOptions,
    Partial<
      Pick<
        RunConfig,
        | "size"
        | "channels"
        | "batch"
        | "pack"
        | "discriminatorSteps"
        | "generatorSteps"
        | "emaKimg"
        | "health"
        | "seed"
        | "backend"
        | "threads"
        | "logEverySteps"
        | "checkpointEverySeconds"
        | "checkpointEverySteps"
        | "keepCheckpoints"
        | "pictures"
        | "metrics"
        | "evalSamples"
      >
    > {
  readonly model: ModelSpec | PartSpec;
  readonly data: DataSpec;
  /** Default: non-saturating. */
  readonly loss?: PartSpec;
  /** Terms added to the discriminator's loss; none by default. */
  readonly regularizers?: readonly PartSpec[];
  /** One for both players, or one each; default: DCGAN's Adam, rate 2e-4, beta1 0.5. */
  readonly optimizer?:
    | OptimizerSpec
    | { readonly discriminator: OptimizerSpec; readonly generator: OptimizerSpec };
  /** The first half of the run folder's name; default: the model's name. */
  readonly name?: string;
  /** When training ends: the first of these that is reached; at least one. */
  readonly steps?: number;
  /** In thousands of real images. */
  readonly kimg?: number;
  readonly minutes?: number;
  readonly epochs?: number;
}

/**
 * Trains the parts that are given and resolves with the run: its folder holds checkpoints, samples,
 * `generator.onnx` and a model card. Metrics are computed when `metrics` names some, or is "auto".
 * Throws a usage error for values that do not fit, before anything is written.
 */
export async function train(spec: TrainSpec): Promise<Run> {
  const { out, onReport, signal, ...parts } = spec;
  const options: TrainOptions = {
    ...(out !== undefined && { out }),
    ...(onReport && { onReport }),
    ...(signal && { signal }),
  };
  const run = await trainConfig(configOfParts(parts), options);
  if (run.end?.reason === "finished") await finishRun(run);
  return run;
}

function configOfParts(spec: Omit<TrainSpec, keyof TrainOptions>): RunConfig {
  const { model, loss, optimizer = adam({ beta1: 0.5 }), name, ...rest } = spec;
  const { steps, kimg, minutes, epochs, ...values } = rest;
  const { size, ...network } = model;
  const length = { steps, kimg, minutes, epochs };
  const both =
    "learningRate" in optimizer ? { discriminator: optimizer, generator: optimizer } : optimizer;
  const config = {
    ...defaults,
    metrics: [],
    recipe: name ?? model.name,
    model: network,
    loss: loss ?? nonSaturating(),
    optimizer: both,
    ...(size !== undefined && { size }),
    ...values,
    length,
  };
  // Without what is `undefined`: it counts as not given.
  return checkConfig(JSON.parse(JSON.stringify(config)));
}
