import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cpuBackend } from "../../runtime/index.ts";
import { Random } from "../../util/random.ts";
import { neighbourhoods } from "../neighbourhoods.ts";
import { scoreOf } from "./classifier-score.ts";
import { vendiScore } from "./vendi.ts";

const fixtures = JSON.parse(readFileSync("test/fixtures/metrics.json", "utf8")) as {
  cases: {
    name: string;
    width: number;
    x: number[];
    y: number[];
    neighbourhoods: Record<string, Record<string, number>>;
    vendi: number;
    probabilities: number[];
    classifierScore: number;
  }[];
};
const backend = cpuBackend({ threads: 1 });

describe.each(fixtures.cases)("meets numpy and scipy: $name", (c) => {
  const [x, y] = [Float32Array.from(c.x), Float32Array.from(c.y)];

  test.each([3, 5])("neighbourhoods of %d", async (k) => {
    const found = await neighbourhoods(x, y, c.width, k, backend);
    for (const [key, value] of Object.entries(c.neighbourhoods[k] ?? {})) {
      expect(found[key as keyof typeof found], key).toBeCloseTo(value, 6);
    }
  });

  test("the Vendi score", () => {
    const shifted = x.map((v) => v + 0.1);
    expect(vendiScore(shifted, c.width) / c.vendi).toBeCloseTo(1, 5);
  });

  test("the classifier score", () => {
    const score = scoreOf(Float32Array.from(c.probabilities), c.width);
    expect(score / c.classifierScore).toBeCloseTo(1, 5);
  });
});

test("more rows than a block give what one block gives", async () => {
  const draw = (seed: number, n: number) => {
    const rows = new Float32Array(n * 3);
    new Random(seed).fillNormal(rows);
    return rows;
  };
  const [x, y] = [draw(1, 1500), draw(2, 700)];
  const { precision, recall, density, coverage } = await neighbourhoods(x, y, 3, 5, backend);
  for (const share of [precision, recall, coverage]) {
    expect(share).toBeGreaterThan(0.8);
    expect(share).toBeLessThanOrEqual(1);
  }
  expect(density).toBeGreaterThan(0.85);
  expect(density).toBeLessThan(1.15);
});

test("a collapsed generator has precision and no recall; one row more than k is needed", async () => {
  const rows = new Float32Array(400);
  new Random(1).fillNormal(rows);
  const same = Float32Array.from({ length: 400 }, (_, i) => (rows[i % 2] as number) + i * 1e-7);
  const found = await neighbourhoods(rows, same, 2, 3, backend);
  expect(found.precision).toBe(1);
  expect(found.recall).toBeLessThan(0.1);
  expect(found.coverage).toBeLessThan(0.1);
  await expect(neighbourhoods(rows, rows.subarray(0, 6), 2, 3, backend)).rejects.toThrow(
    "more than 3 images",
  );
});
