// Trains nothing, but writes a run folder as training does, as fast as it can, until it is killed.
// Prints each step whose checkpoint is said to be safe. Usage: node checkpoint-writer.mjs RUN_FOLDER
import { relative } from "node:path";
// Not the index: it is started sixty times.
import { CheckpointStore } from "../../dist/train/run-folder/checkpoint.js";
import { EventWriter } from "../../dist/train/run-folder/events.js";
import { RunFolder } from "../../dist/train/run-folder/run-folder.js";

const run = RunFolder.open(process.argv[2]).lock();
const store = new CheckpointStore(run.checkpointsPath);
store.cleanUp();
const latest = store.latest();
let step = latest?.step ?? 0;
store.discardAfter(step);
const events = new EventWriter(run.eventsPath);
events.write(latest ? { type: "resume", step, info: {} } : { type: "start", info: {} });
for (;;) {
  step++;
  const tensors = new Map([
    ["w", { dtype: "F32", shape: [50_000], data: new Float32Array(50_000).fill(step) }],
  ]);
  // A metric with a saw-tooth shape, so that the best is often an old one.
  const metric = { name: "fid", value: (step * 7) % 40, better: "lower" };
  const path = store.save({ step, tensors, state: { step, text: "x".repeat(2000) } }, metric);
  events.write({ type: "checkpoint", step, file: relative(run.path, path) });
  events.flush({ durable: true });
  process.stdout.write(`${step}\n`);
}
