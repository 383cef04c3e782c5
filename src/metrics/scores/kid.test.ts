import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cpuBackend } from "../../runtime/index.ts";
import { Random } from "../../util/random.ts";
import { kernelDistance } from "./kid.ts";

const fixtures = JSON.parse(readFileSync("test/fixtures/metrics.json", "utf8")) as {
  cases: { name: string; width: number; x: number[]; y: number[]; kid: number }[];
};
const backend = cpuBackend({ threads: 1 });

/** The definition, one pair after the other. */
function naive(x: Float32Array, y: Float32Array, width: number): number {
  const mean = (a: Float32Array, b: Float32Array) => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < a.length / width; i++) {
      for (let j = 0; j < b.length / width; j++) {
        if (a === b && i === j) continue;
        let dot = 0;
        for (let k = 0; k < width; k++) {
          dot += (a[i * width + k] as number) * (b[j * width + k] as number);
        }
        sum += (dot / width + 1) ** 3;
        count++;
      }
    }
    return sum / count;
  };
  return mean(x, x) + mean(y, y) - 2 * mean(x, y);
}

function draw(seed: number, count: number, width: number, shift: number): Float32Array {
  const rows = new Float32Array(count * width);
  new Random(seed).fillNormal(rows);
  return rows.map((v) => v + shift);
}

test.each([0, 1])("equals the naive sum over all pairs (shift %d)", async (shift) => {
  const [x, y] = [draw(1, 60, 5, 0), draw(2, 60, 5, shift)];
  const options = { width: 5, subsets: 3, subsetSize: 60, seed: 0, backend };
  const { mean, std } = await kernelDistance(x, y, options);
  expect(mean).toBeCloseTo(naive(x, y, 5), 5);
  // Each subset is everything, in another order.
  expect(std).toBeLessThan(1e-5);
});

test("a scale stands for features divided by its root", async () => {
  const [x, y] = [draw(5, 40, 6, 1), draw(6, 40, 6, 2)];
  const options = { width: 6, subsets: 1, subsetSize: 40, seed: 0, backend };
  const { mean } = await kernelDistance(x, y, { ...options, scale: 4 });
  const half = (rows: Float32Array) => rows.map((v) => v / 2);
  expect(mean).toBeCloseTo(naive(half(x), half(y), 6), 5);
});

test.each(fixtures.cases)("meets numpy: $name", async ({ width, x, y, kid }) => {
  const options = { width, subsets: 1, subsetSize: 80, seed: 0, backend };
  const found = await kernelDistance(Float32Array.from(x), Float32Array.from(y), options);
  expect(Math.abs(found.mean / kid - 1)).toBeLessThan(1e-4);
});

test("subsets estimate the whole without bias, and depend on the seed alone", async () => {
  const [x, y] = [draw(3, 300, 4, 0), draw(4, 300, 4, 0.5)];
  const options = { width: 4, subsets: 60, subsetSize: 50, seed: 1, backend };
  const first = await kernelDistance(x, y, options);
  expect(await kernelDistance(x, y, options)).toEqual(first);
  expect((await kernelDistance(x, y, { ...options, seed: 2 })).mean).not.toBe(first.mean);
  const error = Math.abs(first.mean - naive(x, y, 4));
  expect(error).toBeLessThan((4 * first.std) / Math.sqrt(60));
});

test("refuses subsets larger than the sets", async () => {
  const x = draw(1, 10, 2, 0);
  const options = { width: 2, subsets: 1, subsetSize: 11, seed: 0, backend };
  await expect(kernelDistance(x, x, options)).rejects.toThrow("at most 10 images");
});
