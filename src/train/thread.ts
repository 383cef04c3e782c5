import { Worker } from "node:worker_threads";
import { type ErrorKind, GansmithError } from "../util/errors.ts";

/** What a session of training hears and tells. */
export interface SessionHooks<Report> {
  /** Plain data, so that it crosses threads. */
  report(report: Report): void;
  /** True once training should stop after the present step. */
  stopping(): boolean;
}

/** Trains in the calling thread until the job is done or asked to stop. */
export type RunSession<Job, Report, End> = (job: Job, hooks: SessionHooks<Report>) => Promise<End>;

/** A module that exports `runSession`. */
export interface SessionModule<Job, Report, End> {
  /** Its built file. */
  readonly file: URL;
  load(): Promise<{ readonly runSession: RunSession<Job, Report, End> }>;
}

export interface ThreadOptions<Report> {
  readonly onReport?: (report: Report) => void;
  /** Aborting saves a checkpoint and ends training as interrupted. */
  readonly signal?: AbortSignal;
}

/** From the training thread. */
export type FromThread<Report, End> =
  | { readonly type: "report"; readonly report: Report }
  | { readonly type: "end"; readonly end: End }
  | { readonly type: "failed"; readonly kind: ErrorKind; readonly message: string };

/** To the training thread. */
export interface ToThread {
  readonly type: "stop";
}

/** What a training thread begins with. */
export interface ThreadData {
  /** A URL. */
  readonly file: string;
  readonly job: unknown;
}

/**
 * Runs a job in a worker thread, which keeps the caller's event loop free: a session's run blocks its own.
 * With `here` in the calling thread, as from TypeScript sources (tests), where there is no file that a
 * thread could run.
 */
export async function inThread<Job, Report, End>(
  { file, load }: SessionModule<Job, Report, End>,
  job: Job,
  { onReport, signal }: ThreadOptions<Report>,
  here = false,
): Promise<End> {
  if (here || import.meta.url.endsWith(".ts")) {
    const { runSession } = await load();
    return runSession(job, {
      report: (report) => onReport?.(report),
      stopping: () => signal?.aborted ?? false,
    });
  }
  return new Promise((resolve, reject) => {
    const workerData: ThreadData = { file: file.href, job };
    const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData });
    const stop = () => worker.postMessage({ type: "stop" } satisfies ToThread);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    worker.on("message", (message: FromThread<Report, End>) => {
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
