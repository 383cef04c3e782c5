import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { CheckpointStore, readEvents } from "../src/train/index.ts";
import { finish, gansmith, start, tinyGame } from "./support/cli.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const steps = 60;
const cwd = temporaryFolder();
let game: string[] = [];

beforeAll(() => {
  const settings = [
    "emaKimg=0.05",
    'regularizers=[{"name":"dragan"}]',
    "health.everyKimg=0.2",
    `length.steps=${steps}`,
  ];
  game = [...tinyGame("mnist"), ...settings.flatMap((s) => ["--set", s])];
});

/** A rate at which the weights leap. */
const tooHigh = ["discriminator", "generator"].flatMap((player) => [
  "--set",
  `optimizer.${player}.learningRate=0.5`,
]);

/** A hash of every array of the last checkpoint, by name. */
function arraysOf(run: string): Record<string, string> {
  const found = new CheckpointStore(join(cwd, run, "checkpoints")).latest();
  expect(found).toMatchObject({ step: steps, warnings: [] });
  const hash = (data: Uint8Array) => createHash("sha256").update(data).digest("hex").slice(0, 12);
  return Object.fromEntries(
    [...(found?.tensors ?? [])].map(([name, { data }]) => [
      name,
      hash(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    ]),
  );
}

const eventsOf = (run: string) => readEvents(join(cwd, run, "events.jsonl"));

test("a run is the same to the bit with the doctor, with the guard, and with neither", async () => {
  const variants = { without: ["--set", "health=false"], watched: [], guarded: ["--guard"] };
  for (const [out, flags] of Object.entries(variants)) {
    const { code, stderr } = await gansmith(cwd, ["train", ...game, ...flags, "--out", out]);
    expect(code, stderr).toBe(0);
  }
  const checkups = (run: string) => eventsOf(run).filter((e) => e.type === "health");
  expect(checkups("without")).toEqual([]);
  expect(checkups("watched").length).toBeGreaterThan(10);
  expect(checkups("watched").at(-1)).toMatchObject({
    checkup: { coverage: expect.any(Number), heldRight: expect.any(Number), penalties: {} },
  });
  const expected = arraysOf("without");
  expect(Object.keys(expected).length).toBeGreaterThan(40);
  expect(arraysOf("watched")).toEqual(expected);
  expect(arraysOf("guarded")).toEqual(expected);
});

test("alone, the doctor says once what is wrong and what to change", async () => {
  const args = ["train", ...game, ...tooHigh, "--json", "--out", "alone"];
  const { lines } = await gansmith(cwd, args);
  const diagnoses = lines.filter((line) => line.type === "diagnosis");
  expect(diagnoses).toMatchObject([{ illness: "divergence", settings: expect.any(Array) }]);
  expect(diagnoses[0]?.sentence).toMatch(
    /^the .* weights became .*; lower the learning rate: --set/,
  );
});

test("with the guard it goes back, changes the configuration, and recovers", async () => {
  const args = ["train", ...game, ...tooHigh, "--guard", "--json", "--out", "treated"];
  const { code, lines, stderr } = await gansmith(cwd, args);
  expect(code, stderr).toBe(0);
  expect(lines.find((line) => line.type === "guard")).toMatchObject({ illness: "divergence" });
  expect(lines.filter((line) => line.type === "diagnosis")).toHaveLength(1);
  const { config } = JSON.parse(readFileSync(join(cwd, "treated", "config.json"), "utf8"));
  expect(config.optimizer.discriminator.learningRate).toBe(0.0002);
  expect(config.optimizer.generator.learningRate).toBe(0.0002);
  const events = eventsOf("treated");
  const [guard] = events.filter((e) => e.type === "guard");
  // What came before it and after the step that it went back to no longer counts.
  const ill = events.slice(0, events.indexOf(guard as (typeof events)[number]));
  expect(ill.every((e) => !("step" in e) || (e.step ?? 0) <= (guard?.step ?? 0))).toBe(true);
  const last = events.findLast((e) => e.type === "health");
  expect(last?.checkup.discriminatorGrowth).toBeLessThan(1.5);
});

test("numbers that are not finite are an illness, too: the guard goes back and lowers the rate", async () => {
  const wild = { name: "sgd", learningRate: 1e30 };
  const settings = [`optimizer.generator=${JSON.stringify(wild)}`, "health.everyKimg=1000"];
  const flags = [...settings.flatMap((s) => ["--set", s]), "--guard", "--json", "--out", "wild"];
  const { lines, stderr } = await gansmith(cwd, ["train", ...game, ...flags]);
  const said = lines.filter((line) => line.type === "diagnosis" || line.type === "guard");
  expect(said[0], stderr).toMatchObject({
    illness: "divergence",
    sentence: expect.stringMatching(/became (NaN|-?Infinity|infinite|not finite)/),
  });
  expect(said[1]).toMatchObject({ type: "guard", step: 0 });
});

test("killed in the middle of an intervention, a run ends as one never killed", async () => {
  const expected = arraysOf("treated");
  for (const [i, delay] of [0, 5, 20, 60, 200].entries()) {
    const out = `killed-${i}`;
    const child = start(cwd, ["train", ...game, ...tooHigh, "--guard", "--json", "--out", out]);
    const ended = finish(child);
    const decided = new Promise<void>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => {
        if (chunk.includes('"type":"guard"')) resolve();
      });
    });
    await Promise.race([ended, decided]);
    await sleep(delay);
    child.kill("SIGKILL");
    await ended;
    const { code, stderr } = await gansmith(cwd, ["resume", out, "--json"]);
    expect(code === 0 || /is done/.test(stderr), stderr).toBe(true);
    expect(arraysOf(out)).toEqual(expected);
    expect(eventsOf(out).filter((e) => e.type === "guard")).toHaveLength(1);
  }
});
