import { neighbourhoodMetric } from "./neighbourhood-metric.ts";

/** Improved precision (arXiv 1904.06991): how much of what G makes looks real. */
export const precision = neighbourhoodMetric("precision", 3, {
  summary: "share of the samples that lie among the test images",
  protocol: "share of samples within a test image's ball of features",
});
