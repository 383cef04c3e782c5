import { neighbourhoodMetric } from "./neighbourhood-metric.ts";

/** Coverage (arXiv 2002.09797): as recall, with balls around the real images only. */
export const coverage = neighbourhoodMetric("coverage", 5, {
  summary: "share of the test images that have a sample near by",
  protocol: "share of test images whose ball of features holds a sample",
});
