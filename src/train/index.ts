/** The run folder: what a training run leaves on disk, and how to read it. */
export {
  type Checkpoint,
  type CheckpointInfo,
  CheckpointStore,
  type LoadedCheckpoint,
  matchTensors,
} from "./checkpoint.ts";
export type { CheckpointMetric } from "./checkpoint-manifest.ts";
export { EventWriter, type RunEvent, readEvents, type StoredEvent } from "./events.ts";
export { type CardMetric, type ModelCard, writeModelCard } from "./model-card.ts";
export { RunFolder, type RunFolderOptions } from "./run-folder.ts";
export { type Moments, ScalarAccumulator, summarize } from "./scalar-accumulator.ts";
