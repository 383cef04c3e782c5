import { Worker } from "node:worker_threads";
import { checkConfig, type RunConfig } from "../recipes/index.ts";
import { GansmithError } from "../util/errors.ts";
import { checkParts } from "./check-parts.ts";
import { usesOwnParts } from "./own-parts.ts";
import { Run } from "./run.ts";
import { RunFolder } from "./run-folder/run-folder.ts";
import type { FromThread, TrainingEnd, TrainingJob, TrainingReport } from "./session/messages.ts";

export interface TrainOptions {
  /** The run folder; by default a new number below `runs`. */
  readonly out?: string;
  readonly onReport?: (report: TrainingReport) => void;
  /** Aborting saves a checkpoint and ends training as interrupted. */
  readonly signal?: AbortSignal;
}

/**
 * Trains a configuration in a thread of its own and resolves when it is done or was interrupted.
 * Throws a usage error for values that do not fit; nothing is written before the data are read and
 * the networks are built.
 */
export async function trainConfig(config: RunConfig, options: TrainOptions = {}): Promise<Run> {
  const checked = checkConfig(config);
  checkParts(checked);
  const { out } = options;
  if (out !== undefined) RunFolder.checkVacant(out);
  const end = await inThread({ kind: "train", config: checked, ...(out && { out }) }, options);
  return new Run(end.run, end);
}

/**
 * Goes on with a run from its last good checkpoint, to the bit as if it had never stopped. `length`
 * replaces when it ends, counted from the run's beginning.
 */
export async function resume(
  path: string,
  options: Omit<TrainOptions, "out"> & {
    readonly length?: RunConfig["length"];
    /** Lets the guard treat what the doctor finds. */
    readonly guard?: boolean;
  } = {},
): Promise<Run> {
  const folder = RunFolder.open(path);
  checkParts(checkConfig(folder.config));
  const { length, guard } = options;
  const job = { kind: "resume", path, ...(length && { length }), ...(guard && { guard }) } as const;
  const end = await inThread(job, options);
  return new Run(end.run, end);
}

/** A worker thread keeps the caller's event loop free: a session's run blocks its own. */
async function inThread(
  job: TrainingJob,
  { onReport, signal }: TrainOptions,
): Promise<TrainingEnd> {
  // From TypeScript sources (tests) there is no file that a thread could run, and a thread does not
  // know the parts that this program has added.
  if (import.meta.url.endsWith(".ts") || hasOwnParts(job)) {
    const { runSession } = await import("./session/session.ts");
    return runSession(job, {
      report: (report) => onReport?.(report),
      stopping: () => signal?.aborted ?? false,
    });
  }
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: job });
    const stop = () => worker.postMessage({ type: "stop" });
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    worker.on("message", (message: FromThread) => {
      if (message.type === "report") onReport?.(message.report);
      else if (message.type === "end") resolve(message.end);
      else reject(new GansmithError(message.kind, message.message));
    });
    worker.on("error", (error: Error) =>
      reject(new GansmithError("runtime", `training stopped: ${error.message}`, { cause: error })),
    );
    worker.on("exit", (code) => {
      signal?.removeEventListener("abort", stop);
      reject(new GansmithError("runtime", `the training thread ended with code ${code}.`));
    });
  });
}

function hasOwnParts(job: TrainingJob): boolean {
  return usesOwnParts(
    job.kind === "train" ? job.config : checkConfig(RunFolder.open(job.path).config),
  );
}
