import { expect, test } from "vitest";
import { type Corners, cornerPlaces, planeExtent, pointOnPlane, shares } from "./plane.ts";
import { lengthOf } from "./slerp.ts";

const corners: Corners = [
  { z: Float32Array.of(2, 0, 0, 1), label: 0 },
  { z: Float32Array.of(0, 2, 0, -1), label: 1 },
  { z: Float32Array.of(0, 0, 2, 0.5), label: 2 },
];

test("at a corner's place is its point, with its class", () => {
  for (const [i, place] of cornerPlaces.entries()) {
    const { z, label } = pointOnPlane(corners, place);
    z.forEach((x, k) => {
      expect(x).toBeCloseTo(corners[i]?.z[k] as number, 5);
    });
    expect(label).toBe(i);
  }
});

test("shares add up to 1; the middle is a third of each, beyond a side one is negative", () => {
  for (const place of [
    [0, 0],
    [0.3, -1.2],
    [planeExtent, planeExtent],
  ] as const) {
    expect(shares(place).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
  }
  for (const share of shares([0, 0])) expect(share).toBeCloseTo(1 / 3, 10);
  expect(shares([0, -1])[0]).toBeLessThan(0);
});

test("the middle is as long as the corners are", () => {
  const mean = corners.reduce((sum, { z }) => sum + lengthOf(z), 0) / 3;
  expect(lengthOf(pointOnPlane(corners, [0, 0]).z)).toBeCloseTo(mean, 4);
});

test("neighbouring places give neighbouring points, over the whole plane", () => {
  const steps = 40;
  for (let i = 0; i < steps; i++) {
    const y = planeExtent * (1 - (2 * i) / steps);
    for (let k = 0; k < steps; k++) {
      const x = planeExtent * (1 - (2 * k) / steps);
      const [a, b] = [pointOnPlane(corners, [x, y]).z, pointOnPlane(corners, [x + 1e-3, y]).z];
      expect(a.every(Number.isFinite)).toBe(true);
      expect(lengthOf(a.map((v, j) => v - (b[j] as number)))).toBeLessThan(0.02);
    }
  }
});
