import { expect, test } from "vitest";
import { leaf } from "../../graph/ops/leaf.ts";
import { cpuBackend } from "../../runtime/index.ts";
import type { Tensor } from "../../runtime/session.ts";
import { averagePool, maxPool, samePadding, type Window } from "./pooling.ts";

const [height, width] = [7, 8];
const image = Float32Array.from({ length: 2 * height * width }, (_, i) => Math.sin(i * 1.7) - 0.5);

async function pooled(pool: typeof averagePool, windows: readonly [Window, Window]) {
  const x = leaf("x", ["N", 2, height, width], { kind: "data" });
  const session = await cpuBackend({ threads: 1 }).compile({
    name: "pool",
    inputs: new Map([["x", x]]),
    outputs: new Map([["y", pool(x, windows)]]),
  });
  const feed: Tensor = { dtype: "f32", dims: [1, 2, height, width], data: image };
  const y = (await session.run(new Map([["x", feed]]))).get("y") as Tensor;
  await session.release();
  return y;
}

/** What lies inside each window, by the definition. */
function windowsOf([rows, columns]: readonly [Window, Window]): number[][] {
  const starts = (length: number, w: Window) => {
    const [before, after] = w.same ? samePadding(length, w) : [0, 0];
    const found: number[] = [];
    for (let s = -before; s + w.size <= length + after; s += w.stride) found.push(s);
    return found;
  };
  const found: number[][] = [];
  for (let c = 0; c < 2; c++) {
    for (const y0 of starts(height, rows)) {
      for (const x0 of starts(width, columns)) {
        const inside: number[] = [];
        for (let y = Math.max(y0, 0); y < Math.min(y0 + rows.size, height); y++) {
          for (let x = Math.max(x0, 0); x < Math.min(x0 + columns.size, width); x++) {
            inside.push(image[(c * height + y) * width + x] as number);
          }
        }
        found.push(inside);
      }
    }
  }
  return found;
}

test.each([
  [3, 1, true],
  [3, 2, true],
  [3, 2, false],
  [2, 3, false],
  [7, 7, false],
])("average of windows of %i, stride %i, same %s", async (size, stride, same) => {
  const window = { size, stride, same };
  const expected = windowsOf([window, window]).map((v) => v.reduce((a, b) => a + b, 0) / v.length);
  const { data, dims } = await pooled(averagePool, [window, window]);
  expect(data.length).toBe(expected.length);
  expect(dims.slice(0, 2)).toEqual([1, 2]);
  for (const [i, x] of expected.entries()) expect(data[i]).toBeCloseTo(x, 5);
});

test.each([
  [3, 2],
  [2, 3],
  [1, 2],
  [4, 1],
])("largest of windows of %i, stride %i", async (size, stride) => {
  const window = { size, stride, same: false };
  const expected = windowsOf([window, window]).map((v) => Math.max(...v));
  const { data } = await pooled(maxPool, [window, window]);
  expect([...data]).toEqual(expected);
});

test("same padding puts the odd element behind", () => {
  expect(samePadding(224, { size: 3, stride: 2, same: true })).toEqual([0, 1]);
  expect(samePadding(7, { size: 3, stride: 2, same: true })).toEqual([1, 1]);
  expect(samePadding(8, { size: 1, stride: 2, same: true })).toEqual([0, 0]);
});
