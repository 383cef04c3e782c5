import { existsSync } from "node:fs";
import type { DataSpec } from "../../data/source.ts";
import type { MetricResult } from "../../metrics/index.ts";
import type { RunConfig } from "../../recipes/index.ts";
import { recordMetrics } from "../../train/finish.ts";
import { Run } from "../../train/run.ts";
import { CheckpointStore } from "../../train/run-folder/checkpoint.ts";
import { readEvents } from "../../train/run-folder/events.ts";
import { RunFolder } from "../../train/run-folder/run-folder.ts";
import type { TrainingReport } from "../../train/session/messages.ts";
import { resume, trainConfig } from "../../train/train.ts";
import { GansmithError } from "../../util/errors.ts";
import { holdsRun } from "../kept-outcome.ts";

/** One cell of a table: a run with a folder of its own. */
export interface ImageJob {
  readonly folder: string;
  readonly config: RunConfig;
  /** What the samples shall look like: all of the data where the run sees only some. */
  readonly judgedBy: DataSpec;
  /** Samples for the picture. */
  readonly shown: number;
  /** Expected length, in any unit. */
  readonly weight: number;
}

export type ImageOutcome = TrainedImages | FailedImages;

export interface TrainedImages {
  readonly metrics: Readonly<Record<string, MetricResult>>;
  readonly kimg: number;
  /** Of training. */
  readonly seconds: number;
  /** [shown,C,H,W] in [-1, 1]. */
  readonly samples: Float32Array;
  readonly channels: number;
  readonly size: number;
}

export interface FailedImages {
  /** One sentence. */
  readonly failure: string;
}

/** What is left for judging. */
const trainingShare = 0.95;

/**
 * Trains and judges a run, or goes on where an earlier start was stopped: a run that is done is only
 * read, a half-finished one is resumed. What went wrong is an outcome too.
 */
export async function runImages(
  job: ImageJob,
  onProgress: (fraction: number) => void,
): Promise<ImageOutcome> {
  try {
    const run = await trained(job, (share) => onProgress(trainingShare * share));
    onProgress(trainingShare);
    const metrics = await judged(run, job.judgedBy);
    const { kimg, seconds } = run.trained();
    const { channels, size } = run.generator().model.image;
    const samples = await run.sample(job.shown);
    return { metrics, kimg, seconds, samples, channels, size };
  } catch (error) {
    if (error instanceof GansmithError) return { failure: error.message };
    throw error;
  }
}

async function trained(
  { folder, config }: ImageJob,
  onShare: (share: number) => void,
): Promise<Run> {
  const onReport = (report: TrainingReport) => {
    if (report.type === "progress") onShare(report.progress);
  };
  if (!holdsRun(folder)) return trainConfig(config, { out: folder, onReport });
  const run = new Run(folder);
  return isDone(run) ? run : resume(folder, { onReport });
}

function isDone(run: Run): boolean {
  const store = new CheckpointStore(RunFolder.open(run.path).checkpointsPath);
  if (store.latest() === undefined) return false;
  const { step, kimg } = run.trained();
  const { length } = run.config;
  return step >= (length.steps ?? Infinity) || kimg >= (length.kimg ?? Infinity);
}

/** The metrics that the configuration asks for, as once recorded or else measured now. */
async function judged(run: Run, data: DataSpec): Promise<Readonly<Record<string, MetricResult>>> {
  const folder = RunFolder.open(run.path);
  if (!existsSync(folder.generatorPath)) await run.export(folder.generatorPath);
  const { metrics, evalSamples } = run.config;
  if (metrics === "auto" || metrics.length === 0) return {};
  for (const event of readEvents(folder.eventsPath).reverse()) {
    if (event.type !== "metrics") continue;
    const known = event.metrics as Record<string, MetricResult>;
    if (metrics.every((name) => known[name]?.samples === evalSamples)) return known;
  }
  const found = await run.evaluate({ metrics, data, n: evalSamples });
  recordMetrics(run, found);
  return found;
}
