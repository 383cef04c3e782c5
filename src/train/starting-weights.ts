import type { Variables } from "../nn/scope.ts";
import { checkConfig } from "../recipes/index.ts";
import { usageError } from "../util/errors.ts";
import { CheckpointStore, type LoadedCheckpoint } from "./run-folder/checkpoint.ts";
import { RunFolder } from "./run-folder/run-folder.ts";

/** Another run whose weights a new run begins with. */
export interface StartingWeights {
  /** Its folder. */
  readonly run: string;
  readonly checkpoint: LoadedCheckpoint;
  /** Whether it has kept averages; a checkpoint holds arrays for them in either case. */
  readonly averaged: boolean;
}

/**
 * The newest checkpoint of a run of images, for another run to begin with. Throws a usage error where there
 * is no such run, and a checkpoint error where it has no whole checkpoint.
 */
export function startingWeights(run: string): StartingWeights {
  const folder = RunFolder.open(run);
  const { kind } = folder.config;
  if (kind !== undefined) {
    throw usageError(
      `${run} is a run of ${String(kind)}: a run of images cannot begin with its weights.`,
    );
  }
  const averaged = checkConfig(folder.config).emaKimg > 0;
  return { run, averaged, checkpoint: new CheckpointStore(folder.checkpointsPath).newest(run) };
}

/**
 * What a new run of these networks begins with, by array name: weights, running statistics, and averages,
 * which are the weights themselves where that run has kept none. Throws a usage error that names the first array that does not fit.
 */
export function fittingArrays(
  { run, averaged, checkpoint: { tensors } }: StartingWeights,
  variables: Variables,
): Map<string, Float32Array> {
  const arrays = new Map<string, Float32Array>();
  for (const { name, shape } of variables.all.values()) {
    const found = tensors.get(name);
    if (found?.shape.join() !== shape.join()) {
      const there = found ? `is [${found.shape}] there` : "is not there";
      throw usageError(
        `these settings make other networks than those of ${run}: ${name} [${shape}] ${there}; keep the ` +
          "networks' settings, or begin with new weights (leave --from out).",
      );
    }
    const data = found.data as Float32Array;
    arrays.set(name, data);
    const average = averaged ? tensors.get(`ema/${name}`) : undefined;
    arrays.set(`ema/${name}`, (average?.data as Float32Array | undefined) ?? data);
  }
  return arrays;
}
