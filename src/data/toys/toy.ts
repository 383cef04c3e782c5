import type { z } from "zod";
import type { Random } from "../../util/random.ts";
import type { Mixture } from "../mixtures.ts";

/** A distribution in the plane, within [-1.5, 1.5] on both axes. */
export interface PlaneDistribution {
  /** Its modes, where it is a mixture of equal Gaussians. */
  readonly modes?: Mixture;
  /** The next point. */
  draw(random: Random): readonly [number, number];
}

/** A kind of distribution in the plane; a new one is one file here and one registry line. */
export interface Toy<Options = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodType<Options>;
  build(options: Options): PlaneDistribution;
}

/** Half the side of the square around 0 that holds every toy. */
export const toyExtent = 1.5;
