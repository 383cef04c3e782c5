import { z } from "zod";
import type { Mixture } from "../mixtures.ts";
import type { Toy } from "./toy.ts";

export const noOptions = z.strictObject({});

/** A mixture of equal round Gaussians as a toy. */
export function mixtureToy(mixture: Mixture, summary: string): Toy<z.output<typeof noOptions>> {
  const { name, means, sigma } = mixture;
  return {
    ...{ name, summary, schema: noOptions },
    build: () => ({
      modes: mixture,
      draw: (random) => {
        const [x, y] = means[random.below(means.length)] as readonly [number, number];
        const [a, b] = random.normalPair();
        return [x + sigma * a, y + sigma * b];
      },
    }),
  };
}
