import * as ops from "../../graph/ops/index.ts";
import type { Augmentation } from "../augmentation.ts";
import { resample } from "./resample.ts";

/** Largest change of size, in powers of two. */
const reach = 0.35;

/**
 * Isotropic scaling about the middle (ADA, arXiv 2006.06676).
 * Differs: the logarithm of the factor is uniform, not normal with deviation 0.2; zeros come in at the
 * border instead of a reflection.
 */
export const scale: Augmentation = {
  name: "scale",
  summary: "0.78 to 1.27 times the size",
  apply: (images, draw, on) => {
    const power = ops.mul(ops.sub(draw("power"), ops.scalar(0.5)), ops.scalar(2 * reach));
    const zoom = ops.exp(ops.mul(ops.mul(power, on), ops.scalar(Math.LN2)));
    return resample(images, { zoom }, { zoom });
  },
};
