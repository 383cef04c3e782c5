import { Worker } from "node:worker_threads";
import { GansmithError } from "../util/errors.ts";
import type { MixtureJob, MixtureOutcome } from "./mixture-run.ts";
import type { FromWorker } from "./mixture-worker.ts";

/**
 * Runs jobs side by side, each in a thread of its own on one CPU thread, so that what comes out does
 * not depend on how many there are. Outcomes are in the order of the jobs.
 */
export async function runMixtures(
  jobs: readonly MixtureJob[],
  parallel: number,
  onProgress: (fraction: number) => void,
): Promise<MixtureOutcome[]> {
  const outcomes: MixtureOutcome[] = [];
  const done = jobs.map(() => 0);
  const whole = jobs.reduce((sum, { steps, recipe }) => sum + steps * recipe.pack, 0);
  const running = new Set<Worker>();
  let next = 0;
  const lane = async () => {
    while (next < jobs.length) {
      const at = next++;
      const job = jobs[at] as MixtureJob;
      outcomes[at] = await runOne(job, running, (step) => {
        done[at] = step * job.recipe.pack;
        onProgress(done.reduce((a, b) => a + b, 0) / whole);
      });
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(parallel, jobs.length) }, lane));
  } finally {
    for (const worker of running) await worker.terminate();
  }
  return outcomes;
}

async function runOne(
  job: MixtureJob,
  running: Set<Worker>,
  onStep: (step: number) => void,
): Promise<MixtureOutcome> {
  // From TypeScript sources (tests) there is no file that a thread could run.
  if (import.meta.url.endsWith(".ts")) {
    const { runMixture } = await import("./mixture-run.ts");
    const { cpuBackend } = await import("../runtime/index.ts");
    return runMixture(job, cpuBackend({ threads: 1 }), onStep);
  }
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./mixture-worker.js", import.meta.url), { workerData: job });
    running.add(worker);
    worker.on("message", (message: FromWorker) => {
      if (message.type === "step") onStep(message.step);
      else if (message.type === "done") {
        onStep(job.steps);
        resolve(message.outcome);
      } else reject(new GansmithError("runtime", message.message));
    });
    worker.on("error", reject);
    worker.on("exit", (code) => {
      running.delete(worker);
      reject(new GansmithError("runtime", `a run's thread ended with code ${code}.`));
    });
  });
}
