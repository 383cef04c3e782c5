import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../util/random.ts";
import { frechetDistance, Moments } from "./moments.ts";

const fixtures = JSON.parse(readFileSync("test/fixtures/metrics.json", "utf8")) as {
  cases: { name: string; width: number; x: number[]; y: number[]; fid: number }[];
};

test("chunked equals whole, even far from 0", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 40 }),
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 0, max: 1000 }),
      (n, width, cuts, seed) => {
        const rows = new Float64Array(n * width);
        new Random(seed).fillNormal(rows);
        for (let i = 0; i < rows.length; i++) rows[i] = (rows[i] as number) + 1e4;
        const whole = new Moments(width).add(rows);
        const chunked = new Moments(width);
        for (let at = 0, k = 0; at < n; k++) {
          const size = cuts[k % cuts.length] as number;
          chunked.add(rows.subarray(at * width, (at + size) * width));
          at += size;
        }
        expect(chunked.count).toBe(n);
        const [a, b] = [whole.covariance(), chunked.covariance()];
        for (const [i, x] of a.entries()) expect(b[i]).toBeCloseTo(x, 8);
        for (const [i, x] of whole.mean.entries()) expect(chunked.mean[i]).toBeCloseTo(x, 8);
      },
    ),
    { numRuns: 50 },
  );
});

/** Rows whose mean is `mean` and whose covariance is exactly diag(variance). */
function diagonal(mean: readonly number[], variance: readonly number[]): Moments {
  const d = mean.length;
  const moments = new Moments(d);
  const reach = (k: number) => Math.sqrt(((variance[k] as number) * (2 * d - 1)) / 2);
  for (let k = 0; k < d; k++) {
    for (const sign of [-1, 1]) {
      moments.add(Float64Array.from(mean, (m, j) => m + (j === k ? sign * reach(k) : 0)));
    }
  }
  return moments;
}

test("meets the closed form of Gaussians with diagonal covariances", () => {
  const [m1, v1, m2, v2] = [
    [0, 1, -2],
    [1, 4, 0.25],
    [3, 1, 2],
    [9, 4, 0],
  ];
  const expected = m1.reduce((sum, m, k) => {
    const [a, b] = [v1[k] as number, v2[k] as number];
    return sum + (m - (m2[k] as number)) ** 2 + (Math.sqrt(a) - Math.sqrt(b)) ** 2;
  }, 0);
  expect(frechetDistance(diagonal(m1, v1), diagonal(m2, v2))).toBeCloseTo(expected, 9);
});

test("a turned pair of Gaussians is as far apart as before, and nothing is far from itself", () => {
  const draw = (seed: number, spread: number) => {
    const rows = new Float64Array(600);
    new Random(seed).fillNormal(rows);
    return rows.map((x, i) => (i % 2 === 0 ? x * spread : x) + seed);
  };
  const turn = (rows: Float64Array) =>
    rows.map((x, i) => {
      const other = rows[i % 2 === 0 ? i + 1 : i - 1] as number;
      return 0.6 * x + (i % 2 === 0 ? -0.8 : 0.8) * other;
    });
  const of = (rows: Float64Array) => new Moments(2).add(rows);
  const [a, b] = [draw(1, 3), draw(2, 0.5)];
  const straight = frechetDistance(of(a), of(b));
  expect(straight).toBeGreaterThan(1);
  expect(frechetDistance(of(turn(a)), of(turn(b)))).toBeCloseTo(straight, 8);
  expect(frechetDistance(of(b), of(a))).toBeCloseTo(straight, 8);
  expect(frechetDistance(of(a), of(a))).toBeCloseTo(0, 8);
});

test.each(fixtures.cases)("meets scipy: $name", ({ width, x, y, fid }) => {
  const of = (rows: number[]) => new Moments(width).add(Float64Array.from(rows));
  expect(Math.abs(frechetDistance(of(x), of(y)) / fid - 1)).toBeLessThan(1e-6);
});

test("a single image has no covariance, and half a row is no row", () => {
  const one = new Moments(2).add(Float64Array.of(1, 2));
  expect(() => frechetDistance(one, one)).toThrow("at least 2 images, received 1");
  expect(() => one.add(Float64Array.of(1, 2, 3))).toThrow("received 3 numbers");
});
