import type { Metric } from "../metric.ts";
import { classShares } from "./classes.ts";

/**
 * Classes that at least one sample falls into, as counted on stacked digits with 1,000 of them
 * (VEEGAN, arXiv 1705.07761; PacGAN, arXiv 1712.04086).
 */
export const modes: Metric = {
  name: "modes",
  summary: "classes that at least one sample falls into (1,000 for stacked digits)",
  higherIsBetter: true,
  needsClasses: true,
  minSamples: 1,
  floorFrom: "train",
  protocol: "number of the network's most probable classes among the samples",
  compute: async ({ samples }) => {
    const found = classShares(samples).filter((share) => share > 0);
    return { value: found.length, details: { of: samples.classes } };
  },
};
