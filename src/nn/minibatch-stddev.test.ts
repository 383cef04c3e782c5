import { expect, test } from "vitest";
import { interpret } from "../graph/interpret.ts";
import * as ops from "../graph/ops/index.ts";
import { minibatchStddev } from "./minibatch-stddev.ts";

/** The new channel of images of two pixels, given as rows. */
function planeOf(rows: readonly (readonly number[])[], group: number): number[] {
  const x = ops.constant(Float64Array.from(rows.flat()), [rows.length, 1, 1, 2]);
  const [y] = interpret([minibatchStddev(x, group)], new Map());
  expect(y?.shape).toEqual([rows.length, 2, 1, 2]);
  return rows.map((_, n) => y?.data[4 * n + 2] as number);
}

test("every other image is a group of two: the mean over pixels of half their distance", () => {
  const rows = [
    [0, 0],
    [1, 5],
    [2, 4],
    [1, 5],
  ];
  const [first, second, ...others] = planeOf(rows, 2) as [number, number, number, number];
  expect(first).toBeCloseTo(1.5, 6);
  // Equal images: only what keeps the root differentiable.
  expect(second).toBeCloseTo(1e-4, 12);
  expect(others).toEqual([first, second]);
});

test("groups become smaller until they divide the batch", () => {
  const rows = [
    [0, 0],
    [3, 3],
    [6, 6],
  ];
  for (const n of planeOf(rows, 4)) expect(n).toBeCloseTo(Math.sqrt(6), 6);
  for (const n of planeOf(rows, 2)) expect(n).toBeCloseTo(1e-4, 12);
});
