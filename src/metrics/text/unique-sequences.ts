import { requireTexts, type Text, type Texts } from "./ngrams.ts";
import type { TextMetric } from "./text-metric.ts";

/** Different samples / samples. Throws a usage error without samples. */
export function uniqueShare(samples: Texts): number {
  requireTexts("unique-sequences samples", samples);
  return new Set(samples.map((text) => text.join(" "))).size / samples.length;
}

/** How many of the samples are not repetitions. */
export const uniqueSequences: TextMetric<Text> = {
  name: "unique-sequences",
  summary: "share of different samples",
  higherIsBetter: true,
  needs: ["samples"],
  floorFrom: "test",
  protocol: "different samples / samples",
  compute: ({ samples }) => ({ value: uniqueShare(samples) }),
};
