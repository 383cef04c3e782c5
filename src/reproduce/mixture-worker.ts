import { parentPort, workerData } from "node:worker_threads";
import { cpuBackend } from "../runtime/index.ts";
import { GansmithError } from "../util/errors.ts";
import { type MixtureJob, type MixtureOutcome, runMixture } from "./mixture-run.ts";

/** What a worker says. */
export type FromWorker =
  | { readonly type: "step"; readonly step: number }
  | { readonly type: "done"; readonly outcome: MixtureOutcome }
  | { readonly type: "failed"; readonly message: string };

const port = parentPort;
if (!port) throw new GansmithError("runtime", "mixture-worker runs as a worker thread only.");
const send = (message: FromWorker) => port.postMessage(message);
try {
  const outcome = await runMixture(workerData as MixtureJob, cpuBackend({ threads: 1 }), (step) => {
    if (step % 50 === 0) send({ type: "step", step });
  });
  send({ type: "done", outcome });
} catch (error) {
  send({ type: "failed", message: error instanceof Error ? error.message : String(error) });
}
port.close();
