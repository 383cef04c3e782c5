import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { CheckpointStore, RunFolder, readEvents } from "../src/train/index.ts";
import { gansmith, pictureFolder, tinyGame } from "./support/cli.ts";
import { put, temporaryFolder } from "./support/picture-files.ts";

const cwd = temporaryFolder();
const source = join("runs", "00001-mlp");
let game: string[] = [];

beforeAll(async () => {
  game = tinyGame(await pictureFolder(join(cwd, "pictures")));
  const { code, stderr } = await gansmith(cwd, [
    "train",
    ...game,
    "--steps",
    "12",
    "--set",
    "emaKimg=0.05",
  ]);
  expect(code, stderr).toBe(0);
});

const checkpoints = (run: string) =>
  new CheckpointStore(RunFolder.open(join(cwd, run)).checkpointsPath);
/** Arrays of a run's checkpoint, but for those of optimizers. */
function weightsAt(run: string, step: number): Record<string, unknown> {
  const { tensors } = checkpoints(run).at(step);
  const own = [...tensors].filter(([name]) => !name.startsWith("optimizer/"));
  return Object.fromEntries(own.map(([name, { data }]) => [name, data]));
}

test("a fork begins with the weights and averages of its run, with settings of its own", async () => {
  const out = join("runs", "warm");
  const flags = ["--from", source, "--steps", "3", "--seed", "9", "--set", "batch=4"];
  const { code, stderr, last } = await gansmith(cwd, [
    ...["train", source, ...flags, "--set", "loss.name=hinge", "--out", out, "--json"],
  ]);
  expect(code, stderr).toBe(0);
  expect(last).toMatchObject({ step: 3 });
  const before = weightsAt(source, 12);
  expect(Object.keys(before).some((name) => name.startsWith("ema/generator/"))).toBe(true);
  expect(weightsAt(out, 0)).toEqual(before);
  expect(weightsAt(out, 3)).not.toEqual(before);
  const [first] = readEvents(join(cwd, out, "events.jsonl"));
  expect(first).toMatchObject({ type: "start", info: { weights: { run: source, step: 12 } } });
  expect(RunFolder.open(join(cwd, out)).config).toMatchObject({ seed: 9, batch: 4 });
});

test("killed before its first step it still goes on from those weights", async () => {
  const out = join("runs", "killed");
  const long = ["--from", source, "--steps", "2", "--set", "keepCheckpoints=5", "--out", out];
  expect((await gansmith(cwd, ["train", source, ...long])).code).toBe(0);
  const whole = weightsAt(out, 2);
  checkpoints(out).discardAfter(0);
  expect((await gansmith(cwd, ["resume", out, "--steps", "2"])).code).toBe(0);
  expect(weightsAt(out, 2)).toEqual(whole);
});

test("an average that the other run has not kept begins as its weights", async () => {
  const plain = join("runs", "plain");
  const none = ["--steps", "2", "--set", "emaKimg=0", "--out", plain];
  expect((await gansmith(cwd, ["train", ...game, ...none])).code).toBe(0);
  const out = join("runs", "averaged");
  const flags = ["--from", plain, "--steps", "1", "--set", "emaKimg=1", "--out", out];
  expect((await gansmith(cwd, ["train", plain, ...flags])).code).toBe(0);
  const found = weightsAt(out, 0);
  const averages = Object.keys(found).filter((name) => name.startsWith("ema/"));
  expect(averages.length).toBeGreaterThan(0);
  for (const name of averages) expect(found[name]).toEqual(found[name.slice(4)]);
});

test("what cannot begin with other weights says so in one sentence, and leaves nothing", async () => {
  const { config } = RunFolder.open(join(cwd, source));
  const sums = put(join(cwd, "sums.txt"), Array.from({ length: 300 }, (_, i) => `${i}`).join("\n"));
  const unfinished = join("runs", "none");
  RunFolder.create({
    name: "none",
    config,
    dir: join(cwd, unfinished),
  }).release();
  const text = join("runs", "text");
  RunFolder.create({ name: "text", config: { kind: "text" }, dir: join(cwd, text) }).release();
  const cases: [string[], number, RegExp][] = [
    [
      [source, "--from", source, "--set", "model.latent=5"],
      2,
      /make other networks than those of runs.00001-mlp: generator\/\S+ \[[\d,]+\] is \[[\d,]+\] there; keep .* or begin with new weights \(leave --from out\)\.$/,
    ],
    [[source, "--from", source, "--set", "model.latent=5", "--dry-run"], 2, /make other networks/],
    [[...game, "--from", "nowhere"], 2, /nowhere/],
    [[...game, "--from", unfinished], 1, /none has no checkpoint; train it first/],
    [
      [...game, "--from", text],
      2,
      /is a run of text: a run of images cannot begin with its weights\.$/,
    ],
    [
      ["text", "--data", sums, "--from", source],
      2,
      /is a run of images: a run of text cannot begin with its weights\.$/,
    ],
  ];
  for (const [args, expected, sentence] of cases) {
    const out = join("runs", "refused");
    const { code, stderr } = await gansmith(cwd, ["train", ...args, "--out", out]);
    const said = stderr.trim().split("\n").at(-1) as string;
    expect([code, said], args.join(" ")).toEqual([expected, expect.stringMatching(sentence)]);
    expect(existsSync(join(cwd, out)), args.join(" ")).toBe(false);
    rmSync(join(cwd, out), { recursive: true, force: true });
  }
});
