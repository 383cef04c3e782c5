/** GANs from code: parts, `train`, and the runs that come out of it. */
export type { Logits, Loss } from "./adversarial/loss.ts";
export type { GanModel, ImageShape } from "./adversarial/model.ts";
export type { Regularizer, RegularizerInputs } from "./adversarial/regularizer.ts";
export {
  cifarFiles,
  type DataSpec,
  emoji,
  encodePng,
  fashionMnist,
  idxFiles,
  imageFolder,
  imageZip,
  inferData,
  mnist,
  stackedMnist,
  terminalGrid,
} from "./data/index.ts";
export * as ops from "./graph/ops/index.ts";
export type { Value } from "./graph/value.ts";
export type { MetricResult } from "./metrics/index.ts";
export type { ModelDefinition } from "./models/definition.ts";
export * as nn from "./nn/index.ts";
export * from "./recipes/builders.ts";
export { type RunConfig, recipes } from "./recipes/index.ts";
export { registerLoss, registerModel, registerRegularizer } from "./train/own-parts.ts";
export { type EvaluateRunOptions, Run, type SampleOptions } from "./train/run.ts";
export type { TrainingEnd, TrainingReport } from "./train/session/messages.ts";
export { resume, type TrainOptions } from "./train/train.ts";
export { type TrainSpec, train } from "./train/train-parts.ts";
export { type ErrorKind, GansmithError } from "./util/errors.ts";
export { version } from "./util/version.ts";
