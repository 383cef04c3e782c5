import { noOptions } from "./mixture-toy.ts";
import type { Toy } from "./toy.ts";

/** Two turns of an Archimedean spiral, evenly along its length. */
export const spiral: Toy<object> = {
  name: "spiral",
  summary: "a spiral of two turns",
  schema: noOptions,
  build: () => ({
    draw: (random) => {
      // The length grows with the square of the angle.
      const t = Math.sqrt(random.uniform());
      const angle = 4 * Math.PI * t;
      const [a, b] = random.normalPair();
      return [1.2 * t * Math.cos(angle) + 0.02 * a, 1.2 * t * Math.sin(angle) + 0.02 * b];
    },
  }),
};
