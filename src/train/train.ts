import { Worker } from "node:worker_threads";
import { checkConfig, type RunConfig } from "../recipes/index.ts";
import { GansmithError } from "../util/errors.ts";
import type { JsonObject } from "../util/json.ts";
import type { FromThread, TrainingEnd, TrainingJob, TrainingReport } from "./messages.ts";
import { checkParts } from "./resolve.ts";
import { Run } from "./run.ts";
import { RunFolder } from "./run-folder.ts";
import { runSession } from "./session.ts";

export interface TrainOptions {
  /** The run folder; by default a new number below `runs`. */
  readonly out?: string;
  readonly onReport?: (report: TrainingReport) => void;
  /** Aborting saves a checkpoint and ends training as interrupted. */
  readonly signal?: AbortSignal;
}

/**
 * Trains a configuration in a thread of its own and resolves when it is done or was interrupted.
 * Throws a usage error for values that do not fit, before anything is written.
 */
export async function trainConfig(config: RunConfig, options: TrainOptions = {}): Promise<Run> {
  const checked = checkConfig(config);
  checkParts(checked);
  const folder = RunFolder.create({
    name: checked.recipe,
    config: JSON.parse(JSON.stringify(checked)) as JsonObject,
    dir: options.out,
  });
  folder.release();
  const end = await inThread({ kind: "train", path: folder.path, config: checked }, options);
  return new Run(folder.path, end);
}

/** Goes on with a run from its last good checkpoint, to the bit as if it had never stopped. */
export async function resume(
  path: string,
  options: TrainOptions & { readonly length?: RunConfig["length"] } = {},
): Promise<Run> {
  const folder = RunFolder.open(path);
  const { length } = options;
  const end = await inThread(
    { kind: "resume", path: folder.path, ...(length && { length }) },
    options,
  );
  return new Run(folder.path, end);
}

/** A worker thread keeps the caller's event loop free: a session's run blocks its own. */
function inThread(job: TrainingJob, { onReport, signal }: TrainOptions): Promise<TrainingEnd> {
  // From TypeScript sources (tests) there is no file that a thread could run.
  if (import.meta.url.endsWith(".ts")) {
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
