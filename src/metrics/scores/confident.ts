import type { Metric } from "../metric.ts";

const threshold = 0.9;

/** Share of the samples that the network is sure about. */
export const confident: Metric = {
  name: "confident",
  summary: `share of the samples whose class the network gives a probability >= ${threshold}`,
  higherIsBetter: true,
  needsClasses: true,
  minSamples: 1,
  floorFrom: "train",
  protocol: `share of images whose largest class probability is >= ${threshold}`,
  compute: async ({ samples: { probabilities, classes, count } }) => {
    let sure = 0;
    for (let i = 0; i < count; i++) {
      const row = probabilities.subarray(i * classes, (i + 1) * classes);
      if (row.some((p) => p >= threshold)) sure++;
    }
    return { value: sure / count };
  },
};
