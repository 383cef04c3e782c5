import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { CheckpointStore, RunFolder, readEvents, TextRun } from "../src/train/index.ts";
import { gansmith } from "./support/cli.ts";
import { put, temporaryFolder } from "./support/picture-files.ts";

const cwd = temporaryFolder();
const source = join("runs", "digits");
const texts = (name: string, written: (i: number) => string) =>
  put(join(cwd, name), Array.from({ length: 300 }, (_, i) => written(i)).join("\n"));
/** The flags that make a run learn by one method alone. */
const by = (method: object, iterations: number) => [
  ...["--set", `stages=${JSON.stringify([{ method, iterations }])}`, "--set", "metrics=[]"],
];
const run = (path: string) => new TextRun(join(cwd, path));
const checkpoints = (path: string) =>
  new CheckpointStore(RunFolder.open(join(cwd, path)).checkpointsPath);

beforeAll(async () => {
  const data = texts("digits.txt", (i) => `${i}`);
  const { code, stderr } = await gansmith(cwd, [
    ...["train", "text", "--data", data, "--set", "generator.hidden=8", "--set", "length=4"],
    ...[...by({ name: "likelihood", batch: 16 }, 2), "--out", source],
  ]);
  expect(code, stderr).toBe(0);
});

test("goes on from another's weights and tokens, by another method, with other texts", async () => {
  const out = join("runs", "others");
  // These have a letter that is none of the run's tokens.
  const others = texts("others.txt", (i) => `${i}x`);
  const method = { name: "maligan", batch: 8, discriminatorSteps: { before: 1, each: 1 } };
  const { code, stderr } = await gansmith(cwd, [
    ...["train", source, "--data", others, "--from", source, "--out", out],
    ...[...by(method, 1), "--set", "keepCheckpoints=5"],
  ]);
  expect(code, stderr).toBe(0);
  const { weights, step } = run(source).weights();
  const first = checkpoints(out).at(0).tensors;
  for (const [name, data] of weights) {
    expect(first.get(`kept/${name}`)?.data, name).toEqual(data);
    expect(run(out).weights().weights.get(name), name).not.toEqual(data);
  }
  const [started] = readEvents(join(cwd, out, "events.jsonl"));
  expect(started).toMatchObject({ type: "start", info: { weights: { run: source, step } } });
  expect(run(out).tokenizer().json).toEqual(run(source).tokenizer().json);

  // Killed before its first step it still goes on from those weights.
  const whole = run(out).weights().weights;
  checkpoints(out).discardAfter(0);
  expect((await gansmith(cwd, ["resume", out])).code).toBe(0);
  expect(run(out).weights().weights).toEqual(whole);
});

test("what does not fit is refused in one sentence, and leaves nothing", async () => {
  const pictures = join("runs", "pictures");
  RunFolder.create({ name: "mlp", config: {}, dir: join(cwd, pictures) }).release();
  const unfinished = join("runs", "unfinished");
  const { config } = RunFolder.open(join(cwd, source));
  RunFolder.create({ name: "text", config, dir: join(cwd, unfinished) }).release();
  const other =
    /make another generator than that of runs.digits: generator\/\S+ \[[\d,]+\] has \d+ numbers there; keep .* \(leave --from out\)\.$/;
  const cases: [string[], number, RegExp][] = [
    [["--from", source, "--set", "generator.hidden=9"], 2, other],
    [["--from", source, "--set", "generator.hidden=9", "--dry-run"], 2, other],
    [
      ["--from", source, "--set", 'tokenizer={"kind":"word"}'],
      2,
      /the weights of runs.digits belong to its tokenizer; .* \(leave --from out\)\.$/,
    ],
    [["--from", pictures], 2, /pictures is a run of images: a run of text cannot begin with/],
    [["--from", "nowhere"], 2, /nowhere/],
    [["--from", unfinished], 1, /unfinished/],
  ];
  for (const [flags, expected, sentence] of cases) {
    const out = join("runs", "refused");
    const { code, stderr } = await gansmith(cwd, ["train", source, ...flags, "--out", out]);
    const said = stderr.trim().split("\n").at(-1) as string;
    expect([code, said], flags.join(" ")).toEqual([expected, expect.stringMatching(sentence)]);
    expect(existsSync(join(cwd, out)), flags.join(" ")).toBe(false);
  }
});
