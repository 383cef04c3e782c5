import { z } from "zod";
import type { PlaneDistribution, Toy } from "./toy.ts";

const schema = z.strictObject({
  /** x and y of the points that a pen left, one after the other, in [-1.5, 1.5]. */
  points: z
    .array(z.number().min(-1.5).max(1.5))
    .min(2)
    .max(4000)
    .refine((p) => p.length % 2 === 0, "an x and a y for each point"),
  /** Standard deviation around each. */
  blur: z.number().min(0).max(0.5).default(0.04),
});

/** What somebody drew: an equal Gaussian around each point of the pen. */
export const drawing: Toy<z.output<typeof schema>> = {
  name: "drawing",
  summary: "what you draw",
  schema,
  build: ({ points, blur }): PlaneDistribution => ({
    draw: (random) => {
      const at = 2 * random.below(points.length / 2);
      const [a, b] = random.normalPair();
      return [(points[at] as number) + blur * a, (points[at + 1] as number) + blur * b];
    },
  }),
};
