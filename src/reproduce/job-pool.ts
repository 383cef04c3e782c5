import { parentPort, Worker, workerData } from "node:worker_threads";
import { GansmithError } from "../util/errors.ts";

/** Work that threads do: plain data in and out. */
export interface Work<Job, Outcome> {
  /** The compiled file that a thread runs; it calls `serveJob` with the same `run`. */
  readonly thread: URL;
  /** `onProgress` hears the share of the job that is done. */
  run(job: Job, onProgress: (fraction: number) => void): Promise<Outcome>;
  /** How long a job takes, in any unit. */
  weight(job: Job): number;
}

export interface PoolHooks<Outcome> {
  /** Share of all jobs that is done. */
  readonly onProgress: (fraction: number) => void;
  /** Hears of each job that is done. */
  readonly onDone?: (index: number, outcome: Outcome) => void;
}

type FromThread<Outcome> =
  | { readonly type: "progress"; readonly fraction: number }
  | { readonly type: "done"; readonly outcome: Outcome }
  | { readonly type: "failed"; readonly message: string };

/**
 * Runs jobs side by side, each in a thread of its own on one CPU thread, so that what comes out does
 * not depend on how many there are. Outcomes are in the order of the jobs.
 */
export async function runJobs<Job, Outcome>(
  work: Work<Job, Outcome>,
  jobs: readonly Job[],
  parallel: number,
  { onProgress, onDone }: PoolHooks<Outcome>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const weights = jobs.map((job) => work.weight(job));
  const whole = weights.reduce((a, b) => a + b, 0);
  const done = jobs.map(() => 0);
  const running = new Set<Worker>();
  let next = 0;
  const lane = async () => {
    while (next < jobs.length) {
      const at = next++;
      const report = (fraction: number) => {
        done[at] = fraction * (weights[at] as number);
        onProgress(done.reduce((a, b) => a + b, 0) / whole);
      };
      const outcome = await runOne(work, jobs[at] as Job, running, report);
      outcomes[at] = outcome;
      report(1);
      onDone?.(at, outcome);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(parallel, jobs.length) }, lane));
  } finally {
    for (const worker of running) await worker.terminate();
  }
  return outcomes;
}

async function runOne<Job, Outcome>(
  work: Work<Job, Outcome>,
  job: Job,
  running: Set<Worker>,
  report: (fraction: number) => void,
): Promise<Outcome> {
  // From TypeScript sources (tests) there is no file that a thread could run.
  if (import.meta.url.endsWith(".ts")) return work.run(job, report);
  return new Promise((resolve, reject) => {
    const worker = new Worker(work.thread, { workerData: job });
    running.add(worker);
    worker.on("message", (message: FromThread<Outcome>) => {
      if (message.type === "progress") report(message.fraction);
      else if (message.type === "done") resolve(message.outcome);
      else reject(new GansmithError("runtime", message.message));
    });
    worker.on("error", reject);
    worker.on("exit", (code) => {
      running.delete(worker);
      reject(new GansmithError("runtime", `a run's thread ended with code ${code}.`));
    });
  });
}

const reportEveryMs = 200;

/** What the thread of a pool does: its one job, then it ends. */
export async function serveJob<Job, Outcome>(run: Work<Job, Outcome>["run"]): Promise<void> {
  const port = parentPort;
  if (!port) throw new GansmithError("runtime", "this file runs as a worker thread only.");
  const send = (message: FromThread<Outcome>) => port.postMessage(message);
  let last = 0;
  const report = (fraction: number) => {
    const now = performance.now();
    if (now - last < reportEveryMs) return;
    last = now;
    send({ type: "progress", fraction });
  };
  try {
    send({ type: "done", outcome: await run(workerData as Job, report) });
  } catch (error) {
    send({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  }
  port.close();
}
