/** Training: runs from start to finish, what they leave on disk, and how to use it. */
export {
  type Checkpoint,
  type CheckpointInfo,
  CheckpointStore,
  type LoadedCheckpoint,
  matchTensors,
} from "./checkpoint.ts";
export type { CheckpointMetric } from "./checkpoint-manifest.ts";
export { EventWriter, type RunEvent, readEvents, type StoredEvent } from "./events.ts";
export { type ExportFormat, exportFormatByName, exportFormats } from "./export/index.ts";
export { type FinishOptions, finishRun, recordMetrics } from "./finish.ts";
export type { TrainingEnd, TrainingReport } from "./messages.ts";
export { type CardMetric, type ModelCard, writeModelCard } from "./model-card.ts";
export { registerLoss, registerModel, registerRegularizer } from "./own-parts.ts";
export { checkParts } from "./resolve.ts";
export { type EvaluateRunOptions, Run, type SampleOptions, type TrainedGenerator } from "./run.ts";
export { RunFolder, type RunFolderOptions } from "./run-folder.ts";
export { type Moments, ScalarAccumulator, summarize } from "./scalar-accumulator.ts";
export { resume, type TrainOptions, trainConfig } from "./train.ts";
