import type { Stage } from "../train/sequence/course.ts";
import type { Column, Figures } from "./table.ts";

/** About how long a stage of a course takes, in passes over the data. */
function stageWeight({ method, iterations }: Stage): number {
  return method.name === "likelihood" ? iterations : 2 * iterations;
}

/** About how long a course takes, in passes over the data. */
export function courseWeight(stages: readonly Stage[]): number {
  return stages.reduce((sum, stage) => sum + stageWeight(stage), 0);
}

/** The share of a course that is done after an iteration of a stage. */
export function courseShare(
  stages: readonly Stage[],
  { stage, iteration }: { readonly stage: number; readonly iteration: number },
): number {
  const at = stages[stage] as Stage;
  const done = courseWeight(stages.slice(0, stage)) + (iteration / at.iterations) * stageWeight(at);
  return done / courseWeight(stages);
}

/** A course as a smoke run: one iteration of each stage, with options that shorten it. */
export function shortened(
  stages: readonly Stage[],
  options: readonly (Readonly<Record<string, unknown>> | undefined)[] = [],
): Stage[] {
  return stages.map((stage, i) => ({
    ...stage,
    ...{ iterations: 1, method: { ...stage.method, ...options[i] } },
  }));
}

/** A course whose first stage, likelihood, takes other passes over the data. */
export function withPasses(stages: readonly Stage[], passes: number | undefined): Stage[] {
  return stages.map((stage, i) =>
    i === 0 && passes !== undefined ? { ...stage, iterations: passes } : stage,
  );
}

/** Means of the columns over the seeds. */
export function meanFigures(columns: readonly Column[], bySeed: readonly Figures[]): Figures {
  const mean = (key: string) => bySeed.reduce((sum, f) => sum + Number(f[key]), 0) / bySeed.length;
  return Object.fromEntries(columns.map(({ key }) => [key, mean(key)]));
}
