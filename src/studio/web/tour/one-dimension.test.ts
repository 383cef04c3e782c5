import { expect, test } from "vitest";
import { normalDensity, optimalGame, places, realDensity } from "./one-dimension.ts";

test("the best discriminator's value is 2 JS - 2 ln 2, wherever the made data are", () => {
  for (const mean of [-5, -1, 0, 0.5, 2.5]) {
    const { value, js } = optimalGame(realDensity(), normalDensity(mean, 0.8));
    expect(value).toBeCloseTo(2 * js - 2 * Math.log(2), 9);
  }
});

test("equal densities: 1/2 everywhere, no divergence, -2 ln 2", () => {
  const { discriminator, value, js } = optimalGame(realDensity(), realDensity());
  expect(discriminator.every((d) => d === 0.5)).toBe(true);
  expect(js).toBeCloseTo(0, 12);
  expect(value).toBeCloseTo(-1.386294, 5);
});

test("densities that do not overlap: JS is ln 2, and stays there", () => {
  const far = (at: number) => optimalGame(normalDensity(-3, 0.2), normalDensity(at, 0.2)).js;
  expect(far(2)).toBeCloseTo(Math.log(2), 6);
  expect(far(4)).toBeCloseTo(far(2), 6);
});

test("the best discriminator beats any other: a bent one is worth less", () => {
  const [p, q] = [realDensity(), normalDensity(1, 1)];
  const { discriminator, value } = optimalGame(p, q);
  const step = (places[1] as number) - (places[0] as number);
  for (const bend of [-0.05, 0.05]) {
    let other = 0;
    discriminator.forEach((d, i) => {
      const bent = d + bend * d * (1 - d);
      other += ((p[i] as number) * Math.log(bent) + (q[i] as number) * Math.log(1 - bent)) * step;
    });
    expect(other).toBeLessThan(value);
  }
});
