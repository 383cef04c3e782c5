// Fills a small disk with checkpoints, then with events; prints what happened as JSON.
// Usage: node full-disk.mjs FOLDER_ON_A_SMALL_DISK FOLDER_ON_A_READ_ONLY_DISK
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { CheckpointStore, EventWriter, RunFolder, readEvents } from "../../dist/train/index.js";

const [small, readOnly] = process.argv.slice(2);

function messageOf(act) {
  try {
    act();
    return "";
  } catch (error) {
    return `${error.name} ${error.kind}: ${error.message}`;
  }
}

const run = RunFolder.create({ root: small, name: "full", config: {} });
const store = new CheckpointStore(run.checkpointsPath, { keep: 100 });
const save = (step) => {
  const data = new Float32Array(16_384).fill(step);
  const tensors = new Map([["w", { dtype: "F32", shape: [data.length], data }]]);
  store.save({ step, tensors, state: {} });
};
let step = 0;
let checkpointError = "";
while (!checkpointError) checkpointError = messageOf(() => save(++step));

const events = new EventWriter(run.eventsPath);
let eventError = "";
while (!eventError) {
  eventError = messageOf(() => {
    events.write({ type: "warning", message: "x".repeat(1000) });
    events.flush();
  });
}
const again = messageOf(() => events.write({ type: "warning", message: "more" }));
messageOf(() => events.close());
let damagedLines = 0;
const readable = readEvents(run.eventsPath, () => damagedLines++).length;

console.log(
  JSON.stringify({
    step,
    checkpointError,
    latest: store.latest().step,
    warnings: store.latest().warnings,
    files: readdirSync(run.checkpointsPath).length,
    eventError,
    again,
    readable,
    damagedLines,
    noRoom: messageOf(() => RunFolder.create({ root: join(small, "more"), name: "x", config: {} })),
    readOnly: messageOf(() => RunFolder.create({ root: readOnly, name: "x", config: {} })),
    readOnlyDir: messageOf(() =>
      RunFolder.create({ name: "x", config: {}, dir: join(readOnly, "a") }),
    ),
  }),
);
