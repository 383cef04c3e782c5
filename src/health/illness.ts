import type { RunConfig } from "../recipes/index.ts";
import type { Checkup } from "./checkup.ts";

/** What of a configuration a cure may change. */
export type Curable = Pick<RunConfig, "loss" | "regularizers" | "optimizer" | "pack" | "emaKimg"> &
  Partial<Pick<RunConfig, "discriminatorSteps" | "generatorSteps">>;

/** What an illness looks like in a history. */
export interface Sighting {
  /** One clause with figures: what is seen. */
  readonly seen: string;
  /** The step of the first checkup that showed it; checkpoints before are taken to be healthy. */
  readonly since: number;
}

/** One way in which training goes wrong: how to tell, and what helps. */
export interface Illness {
  readonly name: string;
  readonly summary: string;
  /** Looks at the checkups so far, oldest first. A pure function. */
  recognise(history: readonly Checkup[]): Sighting | undefined;
  /**
   * What to change, as `key=value` settings of the configuration; `times` counts how often it was
   * tried before. Empty where nothing is left to try.
   */
  cure(config: Curable, times: number): readonly string[];
  /** The change in words, for a sentence that begins "To do: ". */
  readonly advice: string;
}

/** An illness that was found. */
export interface Finding {
  readonly illness: string;
  readonly step: number;
  readonly since: number;
  /** One sentence: what is seen, and what to change. */
  readonly sentence: string;
  /** The change as settings. */
  readonly settings: readonly string[];
}

/**
 * The checkups at the end of a history that all show a sign, if they are at least `least`; undefined
 * otherwise.
 */
export function lasting<C extends Checkup>(
  history: readonly C[],
  least: number,
  shows: (checkup: C) => boolean,
): readonly C[] | undefined {
  let from = history.length;
  while (from > 0 && shows(history[from - 1] as C)) from--;
  return history.length - from >= least ? history.slice(from) : undefined;
}

/** The mean of a figure over some checkups. */
export function meanOf(checkups: readonly Checkup[], figure: (c: Checkup) => number): number {
  return checkups.reduce((sum, c) => sum + figure(c), 0) / checkups.length;
}

/** 0.987 -> "99 %". */
export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
