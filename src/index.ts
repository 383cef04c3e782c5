/** GANs from code: the parts by name, `train`, and the runs that come out. */
import type { DataSpec } from "./data/source.ts";
import { checkConfig, type RunConfig } from "./recipes/index.ts";
import { dcganAdam, defaults } from "./recipes/recipe.ts";
import type { ModelSpec, NamedSpec } from "./specs.ts";
import type { Run } from "./train/run.ts";
import { type TrainOptions, trainConfig } from "./train/train.ts";

export type { Logits, Loss } from "./adversarial/loss.ts";
export type { GanModel, ImageShape } from "./adversarial/model.ts";
export type { Regularizer, RegularizerInputs } from "./adversarial/regularizer.ts";
export {
  cifarFiles,
  emoji,
  encodePng,
  fashionMnist,
  idxFiles,
  imageFolder,
  imageZip,
  inferData,
  mnist,
  terminalGrid,
} from "./data/index.ts";
export type { DataSpec } from "./data/source.ts";
export * as ops from "./graph/ops/index.ts";
export type { Value } from "./graph/value.ts";
export type { MetricResult } from "./metrics/index.ts";
export type { ModelDefinition } from "./models/definition.ts";
export * as nn from "./nn/index.ts";
export { type RunConfig, recipes } from "./recipes/index.ts";
export * from "./specs.ts";
export type { TrainingEnd, TrainingReport } from "./train/messages.ts";
export { registerLoss, registerModel, registerRegularizer } from "./train/own-parts.ts";
export { type EvaluateRunOptions, Run, type SampleOptions } from "./train/run.ts";
export { resume } from "./train/train.ts";
export { type ErrorKind, GansmithError } from "./util/errors.ts";

/** What to train, on what, and for how long; the rest has the recipes' defaults. */
export interface TrainRequest extends TrainOptions {
  readonly model: ModelSpec;
  readonly data: DataSpec;
  readonly loss: NamedSpec;
  readonly regularizers?: readonly NamedSpec[];
  readonly steps?: number;
  /** Thousands of real images. */
  readonly kimg?: number;
  readonly minutes?: number;
  readonly seed?: number;
  /** Any further values of a configuration. */
  readonly settings?: Partial<RunConfig>;
}

/**
 * Trains and resolves with the run. Throws a usage error for values that do not fit, before anything
 * is written.
 */
export async function train(request: TrainRequest): Promise<Run> {
  const { model, data, loss, regularizers = [], steps, kimg, minutes, seed, settings } = request;
  const { out, onReport, signal } = request;
  const config = checkConfig({
    ...defaults,
    optimizer: { discriminator: { ...dcganAdam }, generator: { ...dcganAdam } },
    recipe: model.name,
    model: { name: model.name, ...model.options },
    data,
    loss,
    regularizers: [...regularizers],
    size: model.size,
    ...(model.channels !== undefined && { channels: model.channels }),
    length: {
      ...(steps !== undefined && { steps }),
      ...(kimg !== undefined && { kimg }),
      ...(minutes !== undefined && { minutes }),
    },
    ...(seed !== undefined && { seed }),
    ...settings,
  });
  return trainConfig(config, {
    ...(out !== undefined && { out }),
    ...(onReport !== undefined && { onReport }),
    ...(signal !== undefined && { signal }),
  });
}
