import { z } from "zod";
import { usageError } from "../util/errors.ts";

/**
 * A number that may change over training: constant, or `from` -> `to` over the first `over` thousand
 * real images (kimg), then `to`.
 */
export const scheduleSchema = z.union([
  z.number(),
  z.strictObject({
    from: z.number(),
    to: z.number(),
    /** In thousands of real images. */
    over: z.number().positive(),
    shape: z.enum(["linear", "cosine"]).default("linear"),
  }),
]);
export type Schedule = z.output<typeof scheduleSchema>;

/** A schedule that is never negative: a learning rate, the weight of a penalty. */
export const weightSchema = scheduleSchema.refine(
  (value) => (typeof value === "number" ? value >= 0 : value.from >= 0 && value.to >= 0),
  "0 or above",
);

/** The schedule's value after `kimg` thousand real images. */
export function scheduleAt(schedule: Schedule, kimg: number): number {
  if (!(kimg >= 0)) throw usageError(`kimg must be >= 0, received ${kimg}.`);
  if (typeof schedule === "number") return schedule;
  const t = Math.min(kimg / schedule.over, 1);
  const share = schedule.shape === "cosine" ? (1 - Math.cos(Math.PI * t)) / 2 : t;
  return schedule.from + (schedule.to - schedule.from) * share;
}

/**
 * The decay per step of an exponential moving average with a half-life of `halfLifeKimg` thousand
 * images: 0.5^(batch / half-life). While less than `rampup` half-lives were seen, the half-life is
 * cut to the images seen so far times `rampup`, so that the average forgets the start.
 */
export function emaDecay(halfLifeKimg: number, batch: number, kimg: number, rampup = 0.05): number {
  const halfLife = Math.min(halfLifeKimg, Math.max(kimg * rampup, 1e-8)) * 1000;
  return halfLife <= 0 ? 0 : 0.5 ** (batch / halfLife);
}
