import { expect, test } from "vitest";
import { interpret } from "../graph/interpret.ts";
import * as ops from "../graph/ops/index.ts";
import { upsampleBilinear } from "../nn/index.ts";
import { classifierInput } from "./classifier-network.ts";
import { resample, resampleMatrix } from "./resample.ts";

const ramp = ops.constant(
  Float64Array.from({ length: 2 * 16 }, (_, i) => Math.sin(i)),
  [1, 2, 4, 4],
);

test("enlarges as bilinear interpolation does, and keeps what has the size already", () => {
  const [ours, theirs] = interpret([resample(ramp, 8), upsampleBilinear(ramp)], new Map());
  for (const [i, x] of (theirs?.data ?? []).entries()) expect(ours?.data[i]).toBeCloseTo(x, 12);
  expect(resample(ramp, 4)).toBe(ramp);
});

test("every source pixel counts alike when it halves, and weights sum to 1", () => {
  for (const [from, to] of [
    [64, 28],
    [32, 28],
    [28, 64],
    [5, 1],
  ] as const) {
    const matrix = resampleMatrix(from, to);
    for (let i = 0; i < to; i++) {
      const row = matrix.subarray(i * from, (i + 1) * from);
      expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    }
  }
  const halved = resampleMatrix(16, 8);
  const inner = [6, 7, 8, 9].map((k) => {
    return Array.from({ length: 8 }, (_, i) => halved[i * 16 + k] as number);
  });
  for (const column of inner) expect(column.reduce((a, b) => a + b, 0)).toBeCloseTo(0.5, 12);
});

test("the classifier sees colour as luma", () => {
  const colour = new Float64Array(3 * 28 * 28).fill(-1);
  colour.fill(1, 0, 28 * 28);
  const [seen] = interpret([classifierInput(ops.constant(colour, [1, 3, 28, 28]))], new Map());
  expect(seen?.shape).toEqual([1, 1, 28, 28]);
  expect(seen?.data[400]).toBeCloseTo(2 * 0.299 - 1, 12);
});
