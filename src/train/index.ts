/** Training: runs from start to finish, what they leave on disk, and how to use it. */

export { checkParts } from "./check-parts.ts";
export type { TrainedGenerator } from "./export/generator-model.ts";
export { type ExportFormat, exportFormatByName, exportFormats } from "./export/index.ts";
export { type FinishOptions, finishRun, recordMetrics } from "./finish.ts";
export { registerLoss, registerModel, registerRegularizer } from "./own-parts.ts";
export { type EvaluateRunOptions, Run, type SampleOptions } from "./run.ts";
export {
  type CheckpointInfo,
  CheckpointStore,
  type LoadedCheckpoint,
} from "./run-folder/checkpoint.ts";
export { type Checkpoint, matchTensors } from "./run-folder/checkpoint-content.ts";
export type { CheckpointMetric } from "./run-folder/checkpoint-manifest.ts";
export { EventWriter, readEvents } from "./run-folder/events.ts";
export { type CardMetric, type ModelCard, writeModelCard } from "./run-folder/model-card.ts";
export type { RunEvent, StoredEvent } from "./run-folder/run-event.ts";
export { RunFolder, type RunFolderOptions } from "./run-folder/run-folder.ts";
export { type Moments, ScalarAccumulator, summarize } from "./run-folder/scalar-accumulator.ts";
export type { TrainingEnd, TrainingReport } from "./session/messages.ts";
export { type EvaluateTextOptions, evaluateText, type TextFigure } from "./text/evaluate-text.ts";
export { finishText, recordTextMetrics } from "./text/finish-text.ts";
export type { TextReport } from "./text/messages.ts";
export { exportText } from "./text/text-onnx.ts";
export { TextRun, type TextSampleOptions } from "./text/text-run.ts";
export { resumeText, type TextEnd, type TrainTextOptions, trainText } from "./text/train-text.ts";
export { resume, type TrainOptions, trainConfig } from "./train.ts";
