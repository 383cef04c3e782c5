import { neighbourhoodMetric } from "./neighbourhood-metric.ts";

/** Density (arXiv 2002.09797): as precision, but one outlier among the real images adds little. */
export const density = neighbourhoodMetric("density", 5, {
  summary: "how deep the samples lie among the test images; 1 is as real images",
  protocol: "mean number of test images' balls that hold a sample, over k",
});
