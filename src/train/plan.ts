import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openData } from "../data/index.ts";
import type { DataSpec } from "../data/source.ts";
import { elementCount } from "../graph/value.ts";
import type { Variables } from "../nn/scope.ts";
import type { RunConfig } from "../recipes/index.ts";
import { chooseBackend } from "../runtime/index.ts";
import { checkParts } from "./check-parts.ts";
import { checkMemory, estimateBytes } from "./loop/memory.ts";
import { gameOf, imageShape, modelOf } from "./resolve.ts";
import { RunFolder } from "./run-folder/run-folder.ts";
import { fittingArrays, startingWeights } from "./starting-weights.ts";

/** What training a configuration would mean. */
export interface RunPlan {
  readonly data: {
    readonly name: string;
    readonly images: number;
    readonly channels: 1 | 3;
    readonly size: number;
    readonly classes: number;
  };
  /** Trained numbers by network. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Memory that one step needs. */
  readonly estimatedBytes: number;
}

/**
 * Checks all that can be checked before the first step: values, the run folder's place, every image,
 * the networks, memory, and whether the weights of run `from` fit. Keeps nothing, not even decoded images. Throws what training would throw.
 */
export async function planRun(
  config: RunConfig,
  { out, from }: { readonly out?: string | undefined; readonly from?: string | undefined } = {},
): Promise<RunPlan> {
  checkParts(config);
  if (out !== undefined) RunFolder.checkVacant(out);
  const weights = from === undefined ? undefined : startingWeights(from);
  const backend = chooseBackend(config.backend, config.threads ? { threads: config.threads } : {});
  const cacheDir = mkdtempSync(join(tmpdir(), "gansmith-plan-"));
  try {
    const { size, channels } = config;
    const request = { size, channels, split: "train", cacheDir } as const;
    const data = await openData(config.data as DataSpec, request);
    try {
      const model = modelOf(config, data.channels, data.classes.length);
      const game = gameOf(config, model, imageShape(model));
      if (!backend.keepsOnDevice) checkMemory(game, config.batch);
      if (weights) fittingArrays(weights, game.variables);
      const { name, count, classes } = data;
      return {
        data: {
          name,
          images: count,
          channels: data.channels,
          size: data.size,
          classes: classes.length,
        },
        parameters: countParameters(game.variables),
        estimatedBytes: estimateBytes(game),
      };
    } finally {
      data.close();
    }
  } finally {
    await backend.release?.();
    rmSync(cacheDir, { recursive: true, force: true });
  }
}

/** Trained numbers by network. */
export function countParameters(variables: Variables): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const v of variables.all.values()) {
    if (!v.trainable) continue;
    const network = v.name.slice(0, v.name.indexOf("/"));
    counts[network] = (counts[network] ?? 0) + elementCount(v.shape);
  }
  return counts;
}
