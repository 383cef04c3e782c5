import type { Random } from "../util/random.ts";

/** Equally likely round Gaussians in the plane. */
export interface Mixture {
  readonly name: string;
  readonly means: readonly (readonly [number, number])[];
  /** Standard deviation of each, along both axes. */
  readonly sigma: number;
}

/** Eight Gaussians on the unit circle, sigma 0.01. */
export const ringMixture: Mixture = {
  name: "ring",
  means: Array.from({ length: 8 }, (_, i) => {
    const angle = (i / 8) * 2 * Math.PI;
    return [Math.cos(angle), Math.sin(angle)] as const;
  }),
  sigma: 0.01,
};

const ticks = [-4, -2, 0, 2, 4];
/** 25 Gaussians on a square grid of distance 2, sigma 0.05. */
export const gridMixture: Mixture = {
  name: "grid",
  means: ticks.flatMap((x) => ticks.map((y) => [x, y] as const)),
  sigma: 0.05,
};

/** `n` points [n,2], drawn one after the other. */
export function drawMixture(mixture: Mixture, n: number, random: Random): Float32Array {
  const points = new Float32Array(2 * n);
  random.fillNormal(points, mixture.sigma);
  for (let i = 0; i < n; i++) {
    const [x, y] = mixture.means[random.below(mixture.means.length)] as readonly [number, number];
    points[2 * i] = (points[2 * i] as number) + x;
    points[2 * i + 1] = (points[2 * i + 1] as number) + y;
  }
  return points;
}
