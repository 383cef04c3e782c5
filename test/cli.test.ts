import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { decodeSafetensors, type NamedTensor } from "../src/onnx/safetensors.ts";
import { CheckpointStore, readEvents } from "../src/train/index.ts";
import { filesOf, finish, gansmith, pictureFolder, start, tinyGame } from "./support/cli.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const cwd = temporaryFolder();
const at = (...parts: string[]): string => join(cwd, ...parts);
let game: string[] = [];

beforeAll(async () => {
  game = tinyGame(await pictureFolder(at("pictures"), 64));
});

test("train: a run folder with everything in it, and the numbers as JSON", async () => {
  const { code, lines, last } = await gansmith(cwd, ["train", ...game, "--steps", "6", "--json"]);
  expect(code).toBe(0);
  expect(lines[0]).toMatchObject({ type: "start", recipe: "mlp", batch: 8, seed: 0 });
  expect(last).toMatchObject({ type: "result", run: "runs/00001-mlp", step: 6, kimg: 0.048 });
  expect(last.seconds).toBeGreaterThan(0);
  const files = filesOf(at("runs", "00001-mlp"));
  for (const name of ["README.md", "config.json", "events.jsonl", "generator.onnx"]) {
    expect(files).toContain(name);
  }
  expect(files.some((name) => name.startsWith("events.out.tfevents"))).toBe(true);
  expect(files).toContain("samples/000000.png");
  expect(files).toContain("samples/000006.png");
  expect(files.some((name) => name.endsWith(".tmp") || name === "lock.json")).toBe(false);
});

test("resume goes on where the run ended; nothing is done twice", async () => {
  const args = ["resume", "runs/00001-mlp", "--steps", "10", "--json"];
  const { code, lines, last } = await gansmith(cwd, args);
  expect(code).toBe(0);
  expect(lines[0]).toMatchObject({ type: "start", step: 6 });
  expect(last).toMatchObject({ step: 10 });
  const kinds = readEvents(at("runs/00001-mlp/events.jsonl")).map((event) => event.type);
  expect(kinds.filter((kind) => kind === "resume")).toHaveLength(1);
});

test("sample: a grid, an array, single pictures; the same seed draws the same", async () => {
  const draw = async (...more: string[]) => {
    const { code, last } = await gansmith(cwd, ["sample", "runs/00001-mlp", ...more, "--json"]);
    expect(code).toBe(0);
    return last;
  };
  expect(await draw("--n", "9", "--out", "grid.png")).toMatchObject({ n: 9, shape: [9, 3, 8, 8] });
  const { width, height } = await sharp(at("grid.png")).metadata();
  expect(Math.min(width, height)).toBeGreaterThanOrEqual(24);
  await draw("--n", "5", "--out", "one.safetensors", "--seed", "7");
  await draw("--n", "5", "--out", "two.safetensors", "--seed", "7");
  const [one, two] = ["one", "two"].map((n) => readFileSync(at(`${n}.safetensors`)));
  expect(one).toEqual(two);
  const { shape, data } = decodeSafetensors(one as Buffer).tensors.get("images") as NamedTensor;
  expect(shape).toEqual([5, 3, 8, 8]);
  expect((data as Float32Array).every((x) => x >= -1 && x <= 1)).toBe(true);
  await draw("--n", "3", "--out", "single");
  expect(filesOf(at("single"))).toHaveLength(3);
});

test("without --json people get text and pictures", async () => {
  const { code, stdout } = await gansmith(cwd, ["sample", "runs/00001-mlp", "--n", "4"]);
  expect(code).toBe(0);
  expect(stdout.split("\n").length).toBeGreaterThan(3);
  const { stdout: recipes } = await gansmith(cwd, ["recipes"]);
  expect(recipes).toMatch(/mnist-dcgan .*dcgan .*mnist 32x32/);
});

test("--verbose prints the article's line", async () => {
  const quick = ["--set", "batch=2", "--steps", "200", "--verbose"];
  const { code, stdout } = await gansmith(cwd, ["train", ...game, ...quick]);
  expect(code).toBe(0);
  // 58 of the 64 pictures train; every hundredth step of an epoch of 29 never comes.
  const line =
    /^Epoch \[\d+\/\d+\], Step \[\d+\/\d+\], D_loss: -?\d+\.\d{4}, G_loss: -?\d+\.\d{4}$/m;
  const small = ["--size", "28", "--set", "metrics=[]"];
  const article = ["train", "article", ...small, "--steps", "100", "--verbose"];
  expect(stdout).not.toMatch(line);
  const { stdout: said } = await gansmith(cwd, article);
  expect(said).toMatch(line);
  expect(said).toMatch(/^Epoch \[1\/1\], Step \[100\/937\], /m);
});

test("--dry-run checks everything and writes nothing", async () => {
  const before = filesOf(at("runs"));
  const { code, last } = await gansmith(cwd, ["train", ...game, "--dry-run", "--json"]);
  expect(code).toBe(0);
  expect(last).toMatchObject({ type: "result", dryRun: true, config: { recipe: "mlp", size: 8 } });
  expect(filesOf(at("runs"))).toEqual(before);
});

test("export: ONNX, weights, the training step", async () => {
  for (const out of ["g.onnx", "g.safetensors"]) {
    const { code, last } = await gansmith(cwd, [
      "export",
      "runs/00001-mlp",
      "--out",
      out,
      "--json",
    ]);
    expect(code).toBe(0);
    expect(last).toMatchObject({ type: "result", out });
    expect(existsSync(at(out))).toBe(true);
  }
  const args = ["export", "runs/00001-mlp", "--format", "training-step", "--out", "step", "--json"];
  expect((await gansmith(cwd, args)).last).toMatchObject({ phases: ["d", "g"], checkedSteps: 20 });
  expect(filesOf(at("step"))).toContain("manifest.json");
});

test("doctor names what works here", async () => {
  const { code, last } = await gansmith(cwd, ["doctor", "--json"]);
  expect(code).toBe(0);
  expect(last).toMatchObject({ type: "result", ok: true });
  expect(last.findings).toContainEqual(
    expect.objectContaining({ name: "onnxruntime cpu", state: "ok" }),
  );
});

test("Ctrl-C saves a checkpoint, says how to resume, and ends with 0", async () => {
  const child = start(cwd, ["train", ...game, "--steps", "1000000", "--out", "stopped", "--json"]);
  const done = finish(child);
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      if (chunk.includes('"type":"progress"')) resolve();
    });
  });
  child.kill("SIGINT");
  const { code, last } = await done;
  expect(code).toBe(0);
  expect(last).toMatchObject({ type: "result", run: "stopped", reason: "interrupted" });
  const saved = new CheckpointStore(at("stopped", "checkpoints")).latest();
  expect(saved?.step).toBe(last.step);
  const more = ["resume", "stopped", "--steps", String((last.step as number) + 3), "--json"];
  expect((await gansmith(cwd, more)).last).toMatchObject({ step: (last.step as number) + 3 });
});

test("a game that diverges stops with an explanation and keeps the last good checkpoint", async () => {
  const wild = ["--set", 'optimizer.generator={"name":"sgd","learningRate":1e30}'];
  const often = ["--set", "checkpointEverySteps=1", "--steps", "50", "--out", "wild", "--json"];
  const { code, stderr } = await gansmith(cwd, ["train", ...game, ...wild, ...often]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/training diverged: .* became .* at step \d+.*last checkpoint.*learning/);
  const latest = new CheckpointStore(at("wild", "checkpoints")).latest();
  for (const { data } of latest?.tensors.values() ?? []) {
    expect((data as Float32Array).every(Number.isFinite)).toBe(true);
  }
  const stop = readEvents(at("wild/events.jsonl")).at(-1);
  expect(stop).toMatchObject({ type: "stop", reason: "failed" });
});
