import { join } from "node:path";
import type { DataSpec } from "../../data/source.ts";
import { featureNetworkFor, metricsFor } from "../../metrics/index.ts";
import { checkConfig, type Recipe, type RunConfig } from "../../recipes/index.ts";
import { RunFolder } from "../../train/run-folder/run-folder.ts";
import { usageError } from "../../util/errors.ts";
import { holdsRun } from "../kept-outcome.ts";
import { type Column, type Figures, slug } from "../table.ts";
import type { ImageJob } from "./image-run.ts";

/** What a method may decide; the table decides data, length, seed and judging. */
type Settings = Partial<Omit<Recipe["config"], "data" | "length" | "seed" | "metrics">>;

export interface ImageMethod {
  readonly name: string;
  readonly note?: string;
  /** As published, by data set. */
  readonly theirs?: Readonly<Record<string, Figures>>;
  /** Changes to the data set's base; `kimg` is the length of the run, over which rates fall. */
  readonly settings: (kimg: number) => Settings;
}

export interface ImageData {
  readonly name: string;
  readonly spec: DataSpec;
  /** What samples are compared with, where the run sees only a part. */
  readonly judgedBy?: DataSpec;
  /** The networks and all that methods do not change. */
  readonly base: Recipe["config"];
  /** Real images that D is shown, in thousands: by default, and with `--full`. */
  readonly kimg: number;
  readonly fullKimg: number;
  /** On one core, as measured; only for estimates. */
  readonly minutesPerKimg: number;
}

/** How long each run is. */
export interface Budget {
  readonly quick: boolean;
  readonly full: boolean;
  readonly kimg: number | undefined;
}

export interface ImageCell {
  readonly method: ImageMethod;
  readonly data: ImageData;
  readonly seed: number;
  readonly job: ImageJob;
}

const quickSteps = 6;
const quickSamples = 200;

export function kimgOf(data: ImageData, { full, kimg }: Budget): number {
  return full ? data.fullKimg : (kimg ?? data.kimg);
}

/** Every run of a table, the seeds outermost, so that what is there early says most. */
export function cellsOf(options: {
  readonly table: string;
  readonly folder: string;
  readonly methods: readonly ImageMethod[];
  readonly data: readonly ImageData[];
  readonly columns: readonly Column[];
  readonly seeds: number;
  readonly budget: Budget;
  readonly evalSamples: number;
  readonly shown: number;
}): ImageCell[] {
  const { table, folder, methods, columns, seeds, budget, evalSamples, shown } = options;
  const cells: ImageCell[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    for (const data of options.data) {
      const judgedBy = data.judgedBy ?? data.spec;
      const possible = metricsFor(featureNetworkFor(judgedBy.name)).map((m) => m.name);
      const kimg = kimgOf(data, budget);
      for (const method of methods) {
        const chosen = { ...data.base, ...method.settings(kimg) };
        const config: RunConfig = {
          ...chosen,
          // An average over most of a short run would be one of untrained weights.
          emaKimg: Math.min(chosen.emaKimg, kimg / 20),
          recipe: `${table}-${slug(method.name)}`,
          data: data.spec,
          length: budget.quick ? { steps: quickSteps } : { kimg },
          ...(budget.quick && { checkpointEverySteps: 2 }),
          seed,
          backend: "cpu",
          threads: 1,
          pictures: 4,
          metrics: columns.map(({ key }) => key).filter((key) => possible.includes(key)),
          evalSamples: budget.quick ? quickSamples : evalSamples,
        };
        const path = join(folder, `${slug(data.name)}-${slug(method.name)}-seed${seed}`);
        const weight = kimg * data.minutesPerKimg;
        const job = { folder: path, config: checkConfig(config), judgedBy, shown, weight };
        cells.push({ method, data, seed, job });
      }
    }
  }
  return cells;
}

/** Throws a usage error where an earlier run in the same place had other settings. */
export function checkEarlierRuns(cells: readonly ImageCell[]): void {
  for (const { job } of cells) {
    if (!holdsRun(job.folder)) continue;
    const before = checkConfig(RunFolder.open(job.folder).config) as Record<string, unknown>;
    const now = job.config as Record<string, unknown>;
    for (const key of Object.keys({ ...before, ...now })) {
      const [was, is] = [before[key], now[key]].map((value) => JSON.stringify(value));
      if (was === is) continue;
      throw usageError(
        `${job.folder} holds a run with ${key} ${was}, but this table needs ${is}; choose another --out, or remove that folder.`,
      );
    }
  }
}
