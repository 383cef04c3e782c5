import type { Metric } from "../metric.ts";
import { classShares } from "./classes.ts";

/** KL of shares from equal shares, in nats: log n for one class of n, 0 for all alike. */
export function divergenceFromEqual(shares: readonly number[]): number {
  return shares.reduce((sum, p) => (p === 0 ? sum : sum + p * Math.log(p * shares.length)), 0);
}

/**
 * KL(p || uniform) of the samples' classes in nats, the other figure of stacked digits
 * (arXiv 1712.04086). Finite samples alone make it about (classes - 1) / (2 samples), so it means
 * little without its floor.
 */
export const modesKl: Metric = {
  name: "modes-kl",
  summary: "KL divergence of the samples' classes from equal shares, in nats",
  higherIsBetter: false,
  needsClasses: true,
  minSamples: 1,
  floorFrom: "train",
  protocol: "KL(p || uniform) in nats of the network's most probable classes",
  compute: async ({ samples }) => ({ value: divergenceFromEqual(classShares(samples)) }),
};
