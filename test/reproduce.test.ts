import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import sharp from "sharp";
import { expect, test } from "vitest";
import { encodeSafetensors } from "../src/onnx/safetensors.ts";
import { drawOracle } from "../src/reproduce/oracle/oracle.ts";
import { filesOf, gansmith, start } from "./support/cli.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const cwd = temporaryFolder();
test("without a name the tables are listed", async () => {
  const { code, last } = await gansmith(cwd, ["reproduce", "--json"]);
  expect(code).toBe(0);
  const { tables } = last as { tables: { name: string }[] };
  expect(tables.map((t) => t.name)).toEqual([
    "dirac",
    "ring",
    "grid",
    "stacked-mnist",
    "losses",
    "small-data",
    "failures",
    "oracle",
    "text",
  ]);
});

test("dirac: both sides of every row, and a report of three files", async () => {
  const { code, last } = await gansmith(cwd, ["reproduce", "dirac", "--json"]);
  expect(code).toBe(0);
  expect(last).toMatchObject({ type: "result", table: "dirac" });
  const { rows } = last as { rows: { method: string; ours: object; theirs: object }[] };
  expect(rows).toHaveLength(8);
  expect(rows[0]).toMatchObject({ method: "GAN", theirs: { simultaneous: 3.1 }, seeds: 1 });
  expect(filesOf(join(cwd, "reproduced"))).toEqual(["dirac.csv", "dirac.json", "dirac.png"]);
  const lines = readFileSync(join(cwd, "reproduced", "dirac.csv"), "utf8")
    .trim()
    .split("\n");
  expect(lines).toHaveLength(9);
  const picture = await sharp(join(cwd, "reproduced", "dirac.png")).metadata();
  expect(picture.width).toBeGreaterThan(1000);
});

test("grid: threads train side by side, and how many there are changes nothing", async () => {
  const run = async (jobs: string, out: string) => {
    const args = ["reproduce", "grid", "--quick", "--seeds", "2", "--methods", "GAN,PacGAN2"];
    const how = ["--jobs", jobs, "--out", out, "--json"];
    const { code, last } = await gansmith(cwd, [...args, ...how]);
    expect(code).toBe(0);
    return (last as { rows: { method: string; seeds: number; bySeed: object[] }[] }).rows;
  };
  const rows = await run("2", "side-by-side");
  expect(rows.map((r) => [r.method, r.seeds])).toEqual([
    ["GAN", 2],
    ["PacGAN2", 2],
  ]);
  expect(await run("1", "alone")).toEqual(rows);
  // What is done is read, not run again.
  const folder = join(cwd, "alone", "grid-runs");
  const files = filesOf(folder);
  expect(files).toHaveLength(4);
  const [first = ""] = files;
  const kept = JSON.parse(readFileSync(join(folder, first), "utf8"));
  writeFileSync(join(folder, first), JSON.stringify({ ...kept, modes: 17 }));
  const again = await run("2", "alone");
  expect(again[0]?.bySeed[0]).toMatchObject({ modes: 17 });
});

test("losses: a kill in the middle costs nothing but the last steps", async () => {
  const methods = ["--methods", "NSGAN,NSGAN + R1", "--seeds", "1", "--jobs", "1"];
  const args = ["reproduce", "losses", "--quick", "--data", "mnist", ...methods];
  const killed = start(cwd, args);
  const second = join(cwd, "reproduced/losses-quick-runs/mnist-nsgan-r1-seed1");
  const ended = once(killed, "close");
  while (killed.exitCode === null && !hasCheckpoint(second)) await setTimeout(5);
  killed.kill("SIGKILL");
  const [, signal] = (await ended) as [number | null, string | null];
  expect(signal).toBe("SIGKILL");
  const first = join(cwd, "reproduced/losses-quick-runs/mnist-nsgan-seed1/events.jsonl");
  const before = readFileSync(first, "utf8");
  const { code, last } = await gansmith(cwd, [...args, "--json"]);
  expect(code).toBe(0);
  expect(readFileSync(first, "utf8")).toBe(before);
  const fresh = await gansmith(cwd, [...args, "--json", "--out", "fresh"]);
  expect(figuresOf(last)).toEqual(figuresOf(fresh.last));
  const { rows } = last as { rows: { data: string; theirs: object; bySeed: object[] }[] };
  expect(rows.map((r) => [r.data, r.theirs])).toEqual([
    ["mnist", { fid: 6.8 }],
    ["mnist", {}],
  ]);
  const lines = readFileSync(join(cwd, "reproduced", "losses.csv"), "utf8").split("\n");
  expect(lines[0]).toMatch(/^data,method,seed,fid,kid,precision,recall,coverage,minutes,/);
}, 300_000);

function hasCheckpoint(run: string): boolean {
  try {
    return filesOf(join(run, "checkpoints")).some((name) => name.endsWith(".json"));
  } catch {
    return false;
  }
}

/** All figures but the time that training took. */
function figuresOf(last: Record<string, unknown>): unknown {
  const { rows } = last as { rows: { method: string; ours: Record<string, number> }[] };
  return rows.map(({ method, ours: { minutes: _time, ...ours } }) => [method, ours]);
}

test("failures: what was found beside what was made, alone and guarded", async () => {
  const args = ["--quick", "--methods", "ring without regularizer,ring with R1", "--json"];
  const { code, last, stderr } = await gansmith(cwd, ["reproduce", "failures", ...args]);
  expect(code, stderr).toBe(0);
  expect((last as { rows: object[] }).rows).toMatchObject([
    {
      method: "ring without regularizer",
      ours: { metric: "high quality %", before: expect.any(Number), after: expect.any(Number) },
      theirs: { illness: "oscillation" },
    },
    {
      method: "ring with R1",
      ours: { illness: "none", step: null, after: null, recovered: null },
      theirs: { illness: "none" },
    },
  ]);
  const [head] = readFileSync(join(cwd, "reproduced", "failures.csv"), "utf8").split("\n");
  expect(head).toMatch(/^method,seed,illness,step,metric,before,after,recovered,/);
});

test.each([
  [["nowhere"], 2, /unknown table "nowhere"/],
  [["dirac", "--methods", "GANN"], 2, /unknown method "GANN".*Did you mean "GAN"/],
  [["ring", "--quick", "--full"], 2, /cannot be used with option/],
  [["ring", "--seeds", "0"], 2, /whole number >= 1/],
  [
    ["losses", "--methods", "hinge+R1"],
    2,
    /unknown method "hinge\+R1".*Did you mean "hinge \+ R1"/,
  ],
  [
    ["losses", "--data", "cifar"],
    2,
    /unknown data set "cifar".*Known: mnist, fashion-mnist, emoji/,
  ],
  [["stacked-mnist", "--data", "mnist"], 2, /"stacked-mnist" has one data set, received --data/],
  [["losses", "--epochs", "3"], 2, /"losses" takes --kimg, received --epochs/],
  [["ring", "--kimg", "3"], 2, /"ring" takes --epochs, received --kimg/],
  [["dirac", "--kimg", "3"], 2, /"dirac" has no length to choose, received --kimg/],
  [["losses", "--kimg", "3", "--quick"], 2, /cannot be used with option/],
  [["dirac", "--out", "reproduced/dirac.csv"], 2, /is a file, expected a folder/],
] as const)("refuses %j", async (args, code, says) => {
  const result = await gansmith(cwd, ["reproduce", ...args]);
  expect([result.code, result.stderr.trim().split("\n").length]).toEqual([code, 1]);
  expect(result.stderr).toMatch(says);
});

test("oracle: drawn from a seed or read from a file, it is the same table", async () => {
  const args = [
    ...["reproduce", "oracle", "--quick", "--methods", "SeqGAN's MLE,SeqGAN"],
    ...["--seeds", "1", "--jobs", "1", "--json"],
  ];
  const drawn = await gansmith(cwd, args);
  expect(drawn.code, drawn.stderr).toBe(0);
  const { rows, floorsByData } = drawn.last as {
    rows: { method: string; ours: Record<string, number> }[];
    floorsByData: Record<string, Record<string, number>>;
  };
  expect(floorsByData["length-20"]?.nllOracle).toBeCloseTo(5.85, 1);
  expect(rows[0]).toMatchObject({ method: "SeqGAN's MLE", data: "length-20", seeds: 1 });
  expect(rows[0]?.ours.nllOracle).toBeGreaterThan(8);
  expect(rows[1]).toMatchObject({ method: "SeqGAN", theirs: { nllOracle: 8.74 } });
  writeFileSync(join(cwd, "oracle.safetensors"), encodeSafetensors(drawOracle(1)));
  const read = await gansmith(cwd, [...args, "--oracle", "oracle.safetensors", "--out", "read"]);
  expect((read.last as { rows: { ours: object }[] }).rows[0]?.ours).toEqual(rows[0]?.ours);
  const faults: readonly (readonly [string, RegExp])[] = [
    ["none.safetensors", /cannot read the oracle none.safetensors: it does not exist/],
    [
      "no-oracle.safetensors",
      /no-oracle.safetensors: an oracle needs a tensor "bi" of shape \[32\], received none/,
    ],
    ["damaged.safetensors", /damaged.safetensors: not a valid safetensors file/],
  ];
  const scalar = { dtype: "F32", shape: [], data: Float32Array.of(1) } as const;
  writeFileSync(join(cwd, "no-oracle.safetensors"), encodeSafetensors(new Map([["x", scalar]])));
  writeFileSync(join(cwd, "damaged.safetensors"), "damaged");
  for (const [file, message] of faults) {
    const { code, stderr } = await gansmith(cwd, [...args, "--oracle", file]);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  }
  const misplaced = await gansmith(cwd, ["reproduce", "dirac", "--oracle", "oracle.safetensors"]);
  expect(misplaced.code).toBe(2);
});
