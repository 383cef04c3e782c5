import { neighbourhoodMetric } from "./neighbourhood-metric.ts";

/** Improved recall (arXiv 1904.06991): how much of the real variety G can make. */
export const recall = neighbourhoodMetric("recall", 3, {
  summary: "share of the test images that lie among the samples",
  protocol: "share of test images within a sample's ball of features",
});
