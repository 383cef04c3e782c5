import type { JudgedImages } from "../judged-images.ts";
import type { Metric } from "../metric.ts";
import { frechetDistance, Moments } from "../moments.ts";

/**
 * Frechet distance of the features' means and covariances (arXiv 1706.08500).
 * Differs: a small classifier of the same data set in place of Inception, as its authors advise for
 * MNIST, or another network; never comparable with published FID.
 */
export const fid: Metric = {
  name: "fid",
  label: "FID-like",
  summary: "FID-like: Frechet distance of a network's features to the test images",
  higherIsBetter: false,
  minSamples: 2,
  minTestImages: 2,
  floorFrom: "train",
  protocol: "Frechet distance of the network's features to those of all test images",
  compute: async ({ samples, test }) => ({
    value: frechetDistance(momentsOf(samples), momentsOf(test)),
  }),
};

const known = new WeakMap<JudgedImages, Moments>();

/** Computed once for the value and the floor. */
function momentsOf(images: JudgedImages): Moments {
  const found = known.get(images) ?? new Moments(images.featureWidth).add(images.features);
  known.set(images, found);
  return found;
}
