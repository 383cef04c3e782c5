import { noOptions } from "./mixture-toy.ts";
import type { Toy } from "./toy.ts";

/** Three regions apart from each other: a square, a disc and a bar. */
const regions = [
  (u: number, v: number) => [-1 + 0.5 * u, 0.3 + 0.5 * v],
  (u: number, v: number) => {
    const [radius, angle] = [0.32 * Math.sqrt(u), 2 * Math.PI * v];
    return [0.7 + radius * Math.cos(angle), 0.7 + radius * Math.sin(angle)];
  },
  (u: number, v: number) => [-0.6 + 1.5 * u, -0.9 + 0.25 * v],
];

export const disjoint: Toy<object> = {
  name: "disjoint",
  summary: "three regions apart from each other",
  schema: noOptions,
  build: () => ({
    draw: (random) => {
      const region = regions[random.below(regions.length)] as (typeof regions)[number];
      return region(random.uniform(), random.uniform()) as [number, number];
    },
  }),
};
