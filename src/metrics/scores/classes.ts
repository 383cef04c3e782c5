import type { JudgedImages } from "../judged-images.ts";
import type { Metric } from "../metric.ts";

/** Share of the images in each class, by the most probable class. */
export function classShares({ probabilities, classes, count }: JudgedImages): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < count; i++) {
    let best = 0;
    for (let c = 1; c < classes; c++) {
      const [p, q] = [probabilities[i * classes + c], probabilities[i * classes + best]];
      if ((p as number) > (q as number)) best = c;
    }
    counts[best] = (counts[best] as number) + 1;
  }
  return counts.map((n) => n / count);
}

/** More missing classes than this are only counted. */
const shownMissing = 10;

/** How the samples spread over the classes; the value is the share of the rarest one. */
export const classes: Metric = {
  name: "classes",
  summary: "share of the samples in each class; the value is the rarest class's",
  higherIsBetter: true,
  needsClasses: true,
  minSamples: 1,
  floorFrom: "train",
  protocol: "shares of the network's most probable classes; value: the smallest share",
  compute: async ({ samples }) => {
    const histogram = classShares(samples);
    const [min, max] = [Math.min(...histogram), Math.max(...histogram)];
    return { value: min, details: { min, max, histogram } };
  },
  warnings: ({ details }) => {
    const histogram = details?.histogram as readonly number[];
    const share = Math.max(...histogram);
    const missing = histogram.flatMap((x, c) => (x === 0 ? [c] : []));
    const found: string[] = [];
    if (share > 0.5) {
      const percent = Math.round(share * 100);
      found.push(`${percent} % of the samples are of class ${histogram.indexOf(share)}.`);
    }
    if (missing.length > shownMissing) {
      found.push(`no sample is of ${missing.length} of the ${histogram.length} classes.`);
    } else if (missing.length > 0) {
      found.push(`no sample is of class ${missing.join(", ")}.`);
    }
    return found;
  },
};
