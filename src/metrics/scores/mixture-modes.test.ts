import { expect, test } from "vitest";
import { drawMixture, gridMixture, ringMixture } from "../../data/mixtures.ts";
import { Random } from "../../util/random.ts";
import { mixtureModes } from "./mixture-modes.ts";

test("a perfect sampler covers every mode at the ceiling of quality", () => {
  for (const mixture of [ringMixture, gridMixture]) {
    const points = drawMixture(mixture, 200_000, new Random(1));
    const { modes, highQuality, reverseKl } = mixtureModes(points, mixture);
    expect(modes).toBe(mixture.means.length);
    expect(highQuality).toBeCloseTo(1 - Math.exp(-4.5), 3);
    expect(reverseKl).toBeLessThan(1e-3);
  }
});

test("the ring has eight different modes on the unit circle", () => {
  const { means } = ringMixture;
  for (const [x, y] of means) expect(Math.hypot(x, y)).toBeCloseTo(1, 12);
  const nearest = means.flatMap(([x, y], i) =>
    means.slice(i + 1).map(([u, v]) => Math.hypot(x - u, y - v)),
  );
  expect(Math.min(...nearest)).toBeCloseTo(2 * Math.sin(Math.PI / 8), 12);
});

test("collapse, halves and junk are told apart", () => {
  const at = (...modes: number[]) =>
    Float32Array.from(modes.flatMap((k) => [...(gridMixture.means[k] as [number, number])]));
  expect(mixtureModes(at(3, 3, 3, 3), gridMixture)).toEqual({
    modes: 1,
    highQuality: 1,
    reverseKl: Math.log(25),
  });
  const two = mixtureModes(at(0, 0, 7, 7), gridMixture);
  expect([two.modes, two.reverseKl]).toEqual([2, Math.log(25) - Math.log(2)]);
  const junk = mixtureModes(Float32Array.of(1, 1, 0.16, 0, 0, 0.14), gridMixture);
  expect([junk.modes, junk.highQuality]).toEqual([1, 1 / 3]);
  expect(mixtureModes(Float32Array.of(9, 9), gridMixture).reverseKl).toBe(Number.POSITIVE_INFINITY);
});
