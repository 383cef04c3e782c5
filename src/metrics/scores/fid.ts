import type { Metric } from "../metric.ts";
import { frechetDistance, Moments } from "../moments.ts";

/**
 * Frechet distance of the features' means and covariances (arXiv 1706.08500).
 * Differs: a small classifier of the same data set in place of Inception, as its authors advise for
 * MNIST; never comparable with published FID.
 */
export const fid: Metric = {
  name: "fid",
  summary: "Frechet distance of classifier features to the test images",
  higherIsBetter: false,
  needs: ["network"],
  minSamples: 2,
  floorFrom: "train",
  protocol: "Frechet distance of the network's features to those of all test images",
  compute: async ({ samples, test }) => {
    const of = ({ features, featureWidth }: typeof samples) =>
      new Moments(featureWidth).add(features);
    return { value: frechetDistance(of(samples), of(test)) };
  },
};
