import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { buildProgram, filesOf, gansmith } from "./support/cli.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const cwd = temporaryFolder();
beforeAll(buildProgram);

test("without a name the tables are listed", async () => {
  const { code, last } = await gansmith(cwd, ["reproduce", "--json"]);
  expect(code).toBe(0);
  const { tables } = last as { tables: { name: string }[] };
  expect(tables.map((t) => t.name)).toEqual(["dirac", "ring", "grid"]);
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
  const run = async (jobs: string) => {
    const args = ["reproduce", "grid", "--quick", "--seeds", "2", "--methods", "GAN,PacGAN2"];
    const { code, last } = await gansmith(cwd, [...args, "--jobs", jobs, "--json"]);
    expect(code).toBe(0);
    return (last as { rows: { method: string; seeds: number; bySeed: object[] }[] }).rows;
  };
  const rows = await run("2");
  expect(rows.map((r) => [r.method, r.seeds])).toEqual([
    ["GAN", 2],
    ["PacGAN2", 2],
  ]);
  expect(await run("1")).toEqual(rows);
});

test.each([
  [["nowhere"], 2, /unknown table "nowhere"/],
  [["dirac", "--methods", "GANN"], 2, /unknown method "GANN".*Did you mean "GAN"/],
  [["ring", "--quick", "--full"], 2, /cannot be used with option/],
  [["ring", "--seeds", "0"], 2, /whole number >= 1/],
  [["dirac", "--out", "reproduced/dirac.csv"], 2, /is a file, expected a folder/],
] as const)("refuses %j", async (args, code, says) => {
  const result = await gansmith(cwd, ["reproduce", ...args]);
  expect([result.code, result.stderr.trim().split("\n").length]).toEqual([code, 1]);
  expect(result.stderr).toMatch(says);
});
