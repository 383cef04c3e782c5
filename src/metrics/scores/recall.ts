import type { Metric } from "../metric.ts";
import { featureNeighbourhoods } from "../neighbourhoods.ts";

const k = 3;

/** Improved recall (arXiv 1904.06991): how much of the real variety G can make. */
export const recall: Metric = {
  name: "recall",
  summary: "share of the test images that lie among the samples",
  higherIsBetter: true,
  needs: ["network"],
  minSamples: k + 1,
  floorFrom: "train",
  protocol: `share of test images within a sample's ball of features, 3 nearest neighbours, against all test images`,
  compute: async ({ samples, test, backend }) => {
    const found = await featureNeighbourhoods(test, samples, k, backend);
    return { value: found.recall };
  },
};
