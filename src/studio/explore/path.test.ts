import { expect, test } from "vitest";
import { type LatentPoint, pathFrames, pointOnPath, stacked } from "./path.ts";

const points: LatentPoint[] = [
  { z: Float32Array.of(1, 0, 0), label: 3 },
  { z: Float32Array.of(0, 1, 0), label: 5 },
  { z: Float32Array.of(0, 0, 1), label: 7 },
];
const close = (point: LatentPoint, z: readonly number[], label: number) => {
  z.forEach((x, i) => {
    expect(point.z[i]).toBeCloseTo(x, 5);
  });
  expect(point.label).toBe(label);
};

test("a path goes through its points, in equal parts; the class is the nearer point's", () => {
  close(pointOnPath(points, 0), [1, 0, 0], 3);
  close(pointOnPath(points, 0.5), [0, 1, 0], 5);
  close(pointOnPath(points, 1), [0, 0, 1], 7);
  close(pointOnPath(points, 0.25), [Math.SQRT1_2, Math.SQRT1_2, 0], 5);
  expect(pointOnPath(points, 0.24).label).toBe(3);
  close(pointOnPath(points, 2), [0, 0, 1], 7);
  close(pointOnPath(points, -1), [1, 0, 0], 3);
  expect(pointOnPath(points.slice(0, 1), 0.7)).toBe(points[0]);
});

test("the frames of a path begin and end with its ends, with its points among them", () => {
  const frames = pathFrames(points, 4);
  expect(frames.length).toBe(9);
  close(frames[0] as LatentPoint, [1, 0, 0], 3);
  close(frames[4] as LatentPoint, [0, 1, 0], 5);
  close(frames[8] as LatentPoint, [0, 0, 1], 7);
  expect(pathFrames(points.slice(0, 1), 4)).toEqual([points[0]]);
});

test("points are stacked row by row", () => {
  expect([...stacked(points)]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
});
