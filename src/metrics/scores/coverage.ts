import type { Metric } from "../metric.ts";
import { featureNeighbourhoods } from "../neighbourhoods.ts";

const k = 5;

/** Coverage (arXiv 2002.09797): as recall, with balls around the real images only. */
export const coverage: Metric = {
  name: "coverage",
  summary: "share of the test images that have a sample near by",
  higherIsBetter: true,
  needs: ["network"],
  minSamples: k + 1,
  floorFrom: "train",
  protocol: `share of test images whose ball of features holds a sample, 5 nearest neighbours, against all test images`,
  compute: async ({ samples, test, backend }) => {
    const found = await featureNeighbourhoods(test, samples, k, backend);
    return { value: found.coverage };
  },
};
