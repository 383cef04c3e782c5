import { parentPort, workerData } from "node:worker_threads";
import { GansmithError } from "../util/errors.ts";
import type { FromThread, RunSession, ThreadData, ToThread } from "./thread.ts";

const port = parentPort;
if (!port) throw new GansmithError("runtime", "train/worker runs as a worker thread only.");

let stopping = false;
port.on("message", (message: ToThread) => {
  if (message.type === "stop") stopping = true;
});
const send = (message: FromThread<unknown, unknown>) => port.postMessage(message);

try {
  const { file, job } = workerData as ThreadData;
  const { runSession } = (await import(file)) as {
    runSession: RunSession<unknown, unknown, unknown>;
  };
  const end = await runSession(job, {
    report: (report) => send({ type: "report", report }),
    stopping: () => stopping,
  });
  send({ type: "end", end });
} catch (error) {
  const known = error instanceof GansmithError;
  const message = error instanceof Error ? error.message : String(error);
  send({ type: "failed", kind: known ? error.kind : "runtime", message: explain(message) });
}
port.close();

/** Out of memory comes from the runtime in its own words. */
function explain(message: string): string {
  return /bad_alloc|failed to allocate|out of memory|Array buffer allocation/i.test(message)
    ? `there is not enough memory for this batch and model (${message}); use a smaller batch, for example --set batch=16.`
    : message;
}
