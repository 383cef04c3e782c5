import { noOptions } from "./mixture-toy.ts";
import type { Toy } from "./toy.ts";

/** A circle of radius 1 without gaps. */
export const ring: Toy<object> = {
  name: "ring",
  summary: "an unbroken ring",
  schema: noOptions,
  build: () => ({
    draw: (random) => {
      const angle = 2 * Math.PI * random.uniform();
      const [a, b] = random.normalPair();
      return [Math.cos(angle) + 0.04 * a, Math.sin(angle) + 0.04 * b];
    },
  }),
};
