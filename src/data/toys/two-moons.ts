import { noOptions } from "./mixture-toy.ts";
import type { Toy } from "./toy.ts";

/** Two half circles that reach into each other. */
export const twoMoons: Toy<object> = {
  name: "two-moons",
  summary: "two half circles that reach into each other",
  schema: noOptions,
  build: () => ({
    draw: (random) => {
      const side = random.below(2) === 0 ? 1 : -1;
      const angle = Math.PI * random.uniform();
      const [a, b] = random.normalPair();
      const x = 0.8 * Math.cos(angle) - 0.4;
      const y = 0.8 * Math.sin(angle) - 0.2;
      return [side * x + 0.05 * a, side * y + 0.05 * b];
    },
  }),
};
