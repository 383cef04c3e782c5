import type { Metric } from "../metric.ts";
import { featureNeighbourhoods } from "../neighbourhoods.ts";

const k = 3;

/** Improved precision (arXiv 1904.06991): how much of what G makes looks real. */
export const precision: Metric = {
  name: "precision",
  summary: "share of the samples that lie among the test images",
  higherIsBetter: true,
  needs: ["network"],
  minSamples: k + 1,
  floorFrom: "train",
  protocol: `share of samples within a test image's ball of features, 3 nearest neighbours, against all test images`,
  compute: async ({ samples, test, backend }) => {
    const found = await featureNeighbourhoods(test, samples, k, backend);
    return { value: found.precision };
  },
};
