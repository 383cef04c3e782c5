import { expect, test } from "vitest";
import { Random } from "../../util/random.ts";
import { lengthOf, slerp } from "./slerp.ts";

function normal(seed: number, length = 64): Float32Array {
  const z = new Float32Array(length);
  new Random(seed, "samples").fillNormal(z);
  return z;
}
const angle = (a: Float32Array, b: Float32Array) => {
  const dot = a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
  return Math.acos(Math.max(-1, Math.min(1, dot / (lengthOf(a) * lengthOf(b)))));
};

test("a quarter circle: halfway is the diagonal, of the same length", () => {
  const half = slerp(Float32Array.of(1, 0), Float32Array.of(0, 1), 0.5);
  expect(half[0]).toBeCloseTo(Math.SQRT1_2, 6);
  expect(half[1]).toBeCloseTo(Math.SQRT1_2, 6);
});

test("angle and length go evenly from one end to the other", () => {
  const [a, b] = [normal(1), normal(2).map((x) => 1.5 * x)];
  expect(angle(a, b)).toBeGreaterThan(0.5);
  for (const t of [0, 0.2, 0.5, 0.9, 1]) {
    const z = slerp(a, b, t);
    expect(lengthOf(z)).toBeCloseTo((1 - t) * lengthOf(a) + t * lengthOf(b), 4);
    if (t > 0) expect(angle(a, z)).toBeCloseTo(t * angle(a, b), 4);
  }
  // A straight line would be much shorter in its middle.
  const straight = a.map((x, i) => (x + (b[i] as number)) / 2);
  expect(lengthOf(straight)).toBeLessThan(0.9 * lengthOf(slerp(a, b, 0.5)));
});

test("where there is no great circle the way is straight, and always finite", () => {
  const a = normal(1, 8);
  for (const b of [a, a.map((x) => -x), a.map((x) => 2 * x), new Float32Array(8)]) {
    for (const t of [0, 0.25, 1]) {
      const z = slerp(a, b, t);
      z.forEach((x, i) => {
        expect(x).toBeCloseTo((1 - t) * (a[i] as number) + t * (b[i] as number), 4);
      });
    }
  }
});
