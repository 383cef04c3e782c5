import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { defaults, type Recipe } from "../src/recipes/index.ts";
import { cellsOf, type ImageMethod } from "../src/reproduce/images/image-cells.ts";
import { imageTable } from "../src/reproduce/images/image-table.ts";
import { adam } from "../src/reproduce/images/settings.ts";
import type { Figures, ReproduceOptions, TableResult } from "../src/reproduce/table.ts";
import { readEvents } from "../src/train/run-folder/events.ts";
import { trainConfig } from "../src/train/train.ts";
import { pictureFolder } from "./support/cli.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const root = temporaryFolder();
process.env.GANSMITH_CACHE = join(root, "cache");
const path = await pictureFolder(join(root, "pictures"), 40);

const base: Recipe["config"] = {
  ...defaults,
  model: { name: "mlp", latent: 4 },
  data: { name: "folder", path },
  size: 8,
  loss: { name: "non-saturating" },
  optimizer: adam(),
  batch: 8,
  length: { steps: 1 },
};
const methods: readonly ImageMethod[] = [
  { name: "plain", theirs: { few: { memorisation: 0.5 } }, settings: () => ({}) },
  { name: "R1 + hinge", settings: () => ({ loss: { name: "hinge" }, emaKimg: 1 }) },
  { name: "wild", settings: () => ({ optimizer: adam(1e38) }) },
  { name: "unknown", settings: () => ({ loss: { name: "nowhere" } }) },
];
const lengths = { kimg: 0.08, fullKimg: 0.2, minutesPerKimg: 1 };
const whole = { name: "folder", path };
const data = [
  { name: "few", spec: { ...whole, limit: 9 }, judgedBy: whole, base, ...lengths },
  { name: "all", spec: whole, base, ...lengths },
];
const columns = [
  { key: "memorisation", title: "copies", format: String, better: "lower" },
] as const;
const evalSamples = 20;
const table = imageTable({
  ...{ name: "tiny", summary: "", source: "nowhere", methods, data, columns, evalSamples },
});

function run(out: string, options: Partial<ReproduceOptions> = {}): Promise<TableResult> {
  return table.run({
    ...{ quick: true, full: false, seeds: 2, jobs: 2, methods: ["plain", "R1 + hinge"] },
    ...{ out: join(root, out), ...options },
  });
}

/** All but how long it took. */
function figuresOf({ rows }: TableResult): readonly (readonly [string, readonly Figures[]])[] {
  return rows.map(({ data: of, method, bySeed }) => [
    `${of}, ${method}`,
    bySeed.map(({ minutes: _time, ...figures }) => figures),
  ]);
}

/** What the first test found: 8 runs. */
let whole8: ReturnType<typeof figuresOf> = [];

const runOf = (out: string, name: string) => join(root, out, "tiny-quick-runs", name);

test("every method on every data set, with floors, a winner and a picture", async () => {
  const messages: string[] = [];
  let last = 0;
  const result = await run("whole", {
    onProgress: ({ fraction, message }) => {
      expect(fraction).toBeGreaterThanOrEqual(last);
      last = fraction;
      if (messages.at(-1) !== message) messages.push(message);
    },
  });
  expect(result.rows.map((r) => [r.data, r.method, r.seeds, r.bySeed.length])).toEqual([
    ["few", "plain", 2, 2],
    ["few", "R1 + hinge", 2, 2],
    ["all", "plain", 2, 2],
    ["all", "R1 + hinge", 2, 2],
  ]);
  whole8 = figuresOf(result);
  expect(last).toBe(1);
  expect(messages[0]).toMatch(/^8 runs in .*tiny-quick-runs, a smoke run/);
  expect(messages.some((m) => /^few, plain, seed 1: copies /.test(m))).toBe(true);
  expect(result.rows[0]?.theirs).toEqual({ memorisation: 0.5 });
  expect(Object.keys(result.floorsByData ?? {})).toEqual(["few", "all"]);
  expect(result.picture.match(/<image /g)).toHaveLength(2 + 4);
  expect(result.protocol).toContain("seeds 1 to 2");
  expect(
    statSync(join(runOf("whole", "few-r1-hinge-seed2"), "generator.onnx")).size,
  ).toBeGreaterThan(0);
});

test("a second start reads what is done and trains nothing", async () => {
  const events = () =>
    readFileSync(join(runOf("whole", "all-plain-seed2"), "events.jsonl"), "utf8");
  const before = events();
  expect(figuresOf(await run("whole"))).toEqual(whole8);
  expect(events()).toBe(before);
});

test("a run that was stopped half-way ends as if it had never been", async () => {
  const [few] = data;
  const [cell] = cellsOf({
    ...{ table: "tiny", folder: join(root, "half", "tiny-quick-runs"), methods, columns },
    ...{ data: [few as (typeof data)[0]], seeds: 1, evalSamples, shown: 10 },
    budget: { quick: true, full: false, kimg: undefined },
  });
  const { folder, config } = (cell as NonNullable<typeof cell>).job;
  const stop = new AbortController();
  const half = await trainConfig(config, {
    out: folder,
    signal: stop.signal,
    onReport: ({ type }) => {
      if (type === "checkpoint") stop.abort();
    },
  });
  expect(half.end).toMatchObject({ reason: "interrupted", step: 2 });
  const few1 = await run("half", { methods: ["plain"], data: ["few"], seeds: 1 });
  const [name, bySeed] = whole8[0] as (typeof whole8)[0];
  expect(figuresOf(few1)).toEqual([[name, bySeed.slice(0, 1)]]);
  const events = readEvents(join(folder, "events.jsonl"));
  expect(events.filter((e) => e.type === "resume").map((e) => e.step)).toEqual([2]);
});

test("what fails is a row that says so and wins nothing; the others go on", async () => {
  const { rows, picture } = await run("failing", {
    ...{ methods: ["plain", "wild", "unknown"], data: ["all"], seeds: 1 },
  });
  expect(rows.map((r) => [r.method, r.failed])).toEqual([
    ["plain", 0],
    ["wild", 1],
    ["unknown", 1],
  ]);
  expect(rows[1]?.note).toMatch(/^seed 1 failed: training diverged: .* at step \d+$/);
  expect(rows[2]?.note).toMatch(/^seed 1 failed: unknown loss "nowhere"$/);
  expect(rows[1]?.ours).toEqual({ memorisation: null, minutes: null });
  expect(rows.map((r) => r.best)).toEqual([[], [], []]);
  expect(picture).toContain("training diverged");
});

test("when nothing comes to an end, that is an error", async () => {
  await expect(run("nothing", { methods: ["unknown"] })).rejects.toThrow(
    /every run failed; the first: unknown loss "nowhere"/,
  );
});

test("an earlier run with other settings is neither used nor overwritten", async () => {
  await run("length", { quick: false, kimg: 0.04, data: ["all"], seeds: 1 });
  await expect(run("length", { quick: false, data: ["all"], seeds: 1 })).rejects.toThrow(
    /all-plain-seed1 holds a run with length \{"kimg":0.04\}, but this table needs \{"kimg":0.08\}; choose another --out/,
  );
});
