import { usageError } from "../../util/errors.ts";
import { frechetDistance, Moments } from "../moments.ts";

/**
 * Frechet distance of the means and covariances of two sets of text features, `x: [n, width]`,
 * `y: [m, width]`: `|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))`. Its floor is the same distance of as
 * many real features. Throws a usage error below 2 rows in either set, or rows of another width.
 *
 * Semeniuta et al. 2018, arXiv 1806.04936.
 *
 * Differs: features of the caller's own network in place of InferSent; never comparable with
 * published FD.
 */
export function frechetOfFeatures(
  x: Float32Array | Float64Array,
  y: Float32Array | Float64Array,
  width: number,
): number {
  if (!Number.isInteger(width) || width < 1) {
    throw usageError(`frechet-features: width is a whole number >= 1, received ${width}.`);
  }
  return frechetDistance(new Moments(width).add(x), new Moments(width).add(y));
}
