import { noOptions } from "./mixture-toy.ts";
import type { Toy } from "./toy.ts";

/** A slanted line with a little noise. */
export const line: Toy<object> = {
  name: "line",
  summary: "a slanted line",
  schema: noOptions,
  build: () => ({
    draw: (random) => {
      const t = 2 * random.uniform() - 1;
      const [a, b] = random.normalPair();
      return [t + 0.02 * a, 0.6 * t + 0.02 * b];
    },
  }),
};
