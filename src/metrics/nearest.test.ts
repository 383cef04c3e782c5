import { expect, test } from "vitest";
import { cpuBackend } from "../runtime/index.ts";
import { Random } from "../util/random.ts";
import { pickRows } from "./judged-images.ts";
import { nearestRows } from "./nearest.ts";

test("finds what a search through all rows finds, across blocks", async () => {
  const [width, count, n] = [3, 2300, 1100];
  const random = new Random(5);
  const rows = new Float32Array(count * width);
  const queries = new Float32Array(n * width);
  random.fillUniform(rows, -1, 1);
  random.fillUniform(queries, -1, 1);
  queries.set(rows.subarray(2250 * width, 2251 * width), 1050 * width);
  const source = { count, rows: (i: Uint32Array) => pickRows(rows, width, i) };
  const found = await nearestRows(queries, width, source, cpuBackend({ threads: 1 }));
  expect([found.indices[1050], found.distances[1050]]).toEqual([2250, 0]);
  for (let i = 0; i < n; i++) {
    let best = Number.POSITIVE_INFINITY;
    for (let j = 0; j < count; j++) {
      let sum = 0;
      for (let k = 0; k < width; k++) {
        sum += ((queries[i * width + k] as number) - (rows[j * width + k] as number)) ** 2;
      }
      best = Math.min(best, sum);
    }
    expect(found.distances[i]).toBeCloseTo(Math.sqrt(best / width), 5);
  }
});
