import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { CheckpointStore, RunFolder, readEvents } from "../src/train/index.ts";
import { Random } from "../src/util/random.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const kills = 60;
const root = temporaryFolder();

/** Starts the writer, kills it `afterMs` after its first checkpoint; the last step it called safe. */
async function writeAndKill(path: string, afterMs: number): Promise<number> {
  const writer = spawn(process.execPath, ["test/programs/checkpoint-writer.mjs", path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(writer, "exit");
  let text = "";
  const first = new Promise<void>((resolve, reject) => {
    writer.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      resolve();
    });
    writer.on("exit", () => reject(new Error("the writer ended by itself")));
  });
  const drained = once(writer.stdout, "end");
  await first;
  await sleep(afterMs);
  writer.kill("SIGKILL");
  await exited;
  await drained;
  const lines = text.split("\n");
  lines.pop();
  return Number(lines.at(-1));
}

test("kill -9 at random instants never loses a checkpoint that was called safe", async () => {
  const run = RunFolder.create({ root, name: "kill", config: {} });
  run.release();
  const store = new CheckpointStore(run.checkpointsPath);
  const random = new Random(1, "kill");
  let halfWritten = 0;
  for (let i = 0; i < kills; i++) {
    const safe = await writeAndKill(run.path, random.uniform() * 40);
    const names = readdirSync(run.checkpointsPath);
    if (names.some((name) => name.endsWith(".tmp")) || names.length % 2 === 1) halfWritten++;
    const latest = store.latest();
    expect(latest?.warnings).toEqual([]);
    // The one after may have become safe without the time to say so.
    expect([safe, safe + 1]).toContain(latest?.step);
    expect(latest?.state).toMatchObject({ step: latest?.step });
    expect(latest?.tensors.get("w")?.data.every((x) => x === latest.step)).toBe(true);
    expect(store.best()?.warnings).toEqual([]);
    expect(store.list().length).toBeLessThanOrEqual(5);
    const steps = readEvents(run.eventsPath, (line) => expect.fail(`line ${line} is damaged`))
      .filter((event) => event.type === "checkpoint")
      .map((event) => event.step);
    // A kill between a checkpoint and its event leaves a gap, never a step twice or out of order.
    expect(steps).toEqual([...new Set(steps)].sort((x, y) => x - y));
    expect(steps).toContain(safe);
  }
  // Otherwise no kill struck in the middle of a save, and the test showed nothing.
  expect(halfWritten).toBeGreaterThan(kills / 20);
  RunFolder.open(run.path).lock().release();
  store.cleanUp();
  expect(readdirSync(run.checkpointsPath).length).toBe(2 * store.list().length);
});

test("two processes at once get two numbers", async () => {
  const program = `
    import { RunFolder } from "./dist/train/index.js";
    const options = { root: process.argv[1], name: process.argv[2], config: {} };
    for (let i = 0; i < 20; i++) RunFolder.create(options).release();
  `;
  const folder = join(root, "claims");
  const processes = ["a", "b", "c", "d"].map((name) =>
    spawn(process.execPath, ["--input-type=module", "-e", program, folder, name], {
      stdio: ["ignore", "ignore", "inherit"],
    }),
  );
  const codes = await Promise.all(processes.map(async (p) => (await once(p, "exit"))[0] as number));
  expect(codes).toEqual([0, 0, 0, 0]);
  const names = readdirSync(folder);
  expect(names).toHaveLength(80);
  expect(new Set(names.map((name) => name.slice(0, 5))).size).toBe(80);
  for (const name of names) expect(existsSync(join(folder, name, "config.json"))).toBe(true);
});

test("of many processes that want the run of a dead one, exactly one gets it at a time", async () => {
  const run = RunFolder.create({ root, name: "lock", config: {} });
  run.release();
  // Each holder dies without giving the run back, while the others still ask for it.
  const program = `
    import { readFileSync, writeFileSync } from "node:fs";
    import { RunFolder } from "./dist/train/index.js";
    for (const end = Date.now() + 60_000; Date.now() < end; ) {
      try {
        RunFolder.open(process.argv[1]).lock();
      } catch (error) {
        if (error.message.includes("in use by process")) continue;
        throw error;
      }
      const file = process.argv[1] + "/count.txt";
      const count = Number(readFileSync(file, "utf8"));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      writeFileSync(file, String(count + 1));
      process.kill(process.pid, "SIGKILL");
    }
  `;
  const count = join(run.path, "count.txt");
  writeFileSync(count, "0");
  const processes = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ["--input-type=module", "-e", program, run.path], {
      stdio: ["ignore", "ignore", "inherit"],
    }),
  );
  const signals = await Promise.all(
    processes.map(async (p) => (await once(p, "exit"))[1] as string | null),
  );
  expect(signals).toEqual(signals.map(() => "SIGKILL"));
  expect(readFileSync(count, "utf8")).toBe("6");
});
