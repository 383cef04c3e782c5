import type { Metric, MetricContext, Space } from "../metric.ts";

/** Held-out images that are nearer than this share of them count as near-copies by chance. */
const copyShare = 0.01;

/** How near the samples stand to the training images, against how near held-out images do. */
async function compareDistances(context: MetricContext, space: Space) {
  const [own, held] = [await context.nearest(space), await context.testNearest(space)];
  const limit = quantile(held.distances, copyShare);
  const [median, heldOut] = [quantile(own.distances, 0.5), quantile(held.distances, 0.5)];
  return {
    /** Below 1: nearer to the training images than held-out images are. */
    ratio: heldOut > 0 ? median / heldOut : 0,
    median,
    heldOut,
    copies: own.distances.filter((d) => d < limit).length / own.distances.length,
    /** How many different training images are a sample's nearest, per sample. */
    distinct: new Set(own.indices).size / own.indices.length,
  };
}

/** The value at a share of the sorted numbers. */
function quantile(values: Float64Array, share: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] as number;
}

const percent = (x: number) => `${Math.round(x * 100)} %`;

/**
 * Whether the generator gives training images back: distances of the samples to their nearest
 * training image, and those of test images, in pixels (averaged down to at most 28x28) and in
 * features. The value is the share of near-copies: samples nearer in pixels
 * than 99 % of the test images; real images that were held out have 0.01.
 */
export const memorisation: Metric = {
  name: "memorisation",
  summary: "share of samples that are nearly training images; distances to the nearest ones",
  higherIsBetter: false,
  minSamples: 1,
  floorFrom: "test",
  protocol:
    "nearest of all training images; near-copy: nearer in pixels than 99 % of the test images",
  compute: async (context) => {
    const pixels = await compareDistances(context, "pixels");
    const features = await compareDistances(context, "features");
    return { value: pixels.copies, details: { ...pixels, features } };
  },
  warnings: ({ value, details }, floor) => {
    const found: string[] = [];
    if (value > floor.value + 0.1) {
      found.push(
        `${percent(value)} of the samples are nearer to a training image than 99 % of held-out images are.`,
      );
    }
    const distinct = Number(details?.distinct);
    if (distinct < Number(floor.details?.distinct) / 4) {
      found.push(
        `the samples are alike: only ${percent(distinct)} have a nearest training image of their own ` +
          `(held-out images: ${percent(Number(floor.details?.distinct))}).`,
      );
    }
    return found;
  },
};
