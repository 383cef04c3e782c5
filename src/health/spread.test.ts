import { expect, test } from "vitest";
import { drawMixture, ringMixture } from "../data/mixtures.ts";
import { Random } from "../util/random.ts";
import { thumbnails, Yardstick } from "./spread.ts";

test("images are averaged down to 8x8, plane by plane; points and small images stay", () => {
  const image = Float32Array.from({ length: 2 * 16 * 16 }, (_, i) => i);
  const small = thumbnails(image, [2, 16, 16]);
  expect(small.length).toBe(2 * 64);
  expect([small[0], small[64]]).toEqual([(0 + 1 + 16 + 17) / 4, 256 + 8.5]);
  expect(thumbnails(image, [2])).toBe(image);
  // 28 is no multiple of 8: every pixel is still counted once.
  const odd = thumbnails(new Float32Array(28 * 28).fill(0.25), [1, 28, 28]);
  expect([...odd]).toEqual(new Array(64).fill(0.25));
});

test("the data cover themselves; one mode of eight covers an eighth", () => {
  const draw = (stream: string) => drawMixture(ringMixture, 128, new Random(1, stream));
  const yardstick = new Yardstick(draw("data"), 2);
  expect(yardstick.coverage(draw("more"))).toBe(1);
  expect(yardstick.diversity(draw("more"))).toBeCloseTo(1, 1);
  const one = Float32Array.from({ length: 256 }, (_, i) => (i % 2 === 0 ? 1 : 0));
  expect(yardstick.coverage(one)).toBeGreaterThan(0.05);
  expect(yardstick.coverage(one)).toBeLessThan(0.25);
  expect(yardstick.diversity(one)).toBe(0);
});
