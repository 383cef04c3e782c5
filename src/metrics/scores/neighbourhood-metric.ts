import type { Metric } from "../metric.ts";
import { featureNeighbourhoods, type Neighbourhoods } from "../neighbourhoods.ts";

/** A metric that is one figure of the neighbourhoods of test images and samples. */
export function neighbourhoodMetric(
  name: keyof Neighbourhoods,
  k: number,
  texts: { readonly summary: string; readonly protocol: string },
): Metric {
  return {
    name,
    summary: texts.summary,
    higherIsBetter: true,
    minSamples: k + 1,
    minTestImages: k + 1,
    floorFrom: "train",
    protocol: `${texts.protocol}, ${k} nearest neighbours, against all test images`,
    compute: async ({ samples, test, backend }) => {
      const found = await featureNeighbourhoods(test, samples, k, backend);
      return { value: found[name] };
    },
  };
}
