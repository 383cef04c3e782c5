import type { Metric } from "../metric.ts";
import { featureNeighbourhoods } from "../neighbourhoods.ts";

const k = 5;

/** Density (arXiv 2002.09797): as precision, but one outlier among the real images adds little. */
export const density: Metric = {
  name: "density",
  summary: "how deep the samples lie among the test images; 1 is as real images",
  higherIsBetter: true,
  needs: ["network"],
  minSamples: k + 1,
  floorFrom: "train",
  protocol: `mean number of test images' balls that hold a sample, over k, 5 nearest neighbours, against all test images`,
  compute: async ({ samples, test, backend }) => {
    const found = await featureNeighbourhoods(test, samples, k, backend);
    return { value: found.density };
  },
};
