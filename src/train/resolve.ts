import type { z } from "zod";
import { buildGame, type Game, type GanModel, type Players } from "../adversarial/index.ts";
import { checkDataSpec } from "../data/index.ts";
import type { DataSpec } from "../data/source.ts";
import { metricByName } from "../metrics/registry.ts";
import { optimizerByName } from "../optim/index.ts";
import { describeIssues, type RunConfig } from "../recipes/index.ts";
import { usageError } from "../util/errors.ts";
import type { NetworkOptimizer } from "./engine/engine.ts";
import { findLoss, findModel, findRegularizer } from "./own-parts.ts";

/** Shape of one image, [C,H,W]. */
export function imageShape({ image }: GanModel): readonly number[] {
  return [image.channels, image.size, image.size];
}

/** A name with options, as configurations hold them. */
interface Named {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** Checks everything that can be checked without data, for `--dry-run`. Throws usage errors. */
export function checkParts(config: RunConfig): void {
  checkDataSpec(config.data as DataSpec);
  options(findModel(config.model.name), config.model, "model");
  options(findLoss(config.loss.name), config.loss, "loss");
  for (const { interval: _steps, ...r } of config.regularizers) {
    options(findRegularizer(r.name), r, "regularizer");
  }
  optimizersOf(config);
  if (config.metrics !== "auto") for (const name of config.metrics) metricByName(name);
}

/** The model for data of the given channels and classes. */
export function modelOf(config: RunConfig, channels: number, classes: number): GanModel {
  const rule = findModel(config.model.name);
  const image = { channels, size: config.size };
  return rule.build(options(rule, config.model, "model"), image, classes);
}

/** What of a configuration makes the game. */
export type GameConfig = Pick<
  RunConfig,
  "loss" | "regularizers" | "batch" | "pack" | "discriminatorSteps" | "generatorSteps"
>;

/** The game of players of samples [...sample]. */
export function gameOf(config: GameConfig, model: Players, sample: readonly number[]): Game {
  const loss = findLoss(config.loss.name);
  return buildGame({
    model,
    sample,
    loss: { rule: loss, options: options(loss, config.loss, "loss") },
    regularizers: config.regularizers.map((r) => {
      const { interval = 1, ...own } = r;
      const rule = findRegularizer(own.name);
      return { rule, options: options(rule, own, "regularizer"), interval };
    }),
    batch: config.batch,
    pack: config.pack,
    discriminatorSteps: config.discriminatorSteps,
    generatorSteps: config.generatorSteps,
  });
}

export function optimizersOf(config: Pick<RunConfig, "optimizer">): Map<string, NetworkOptimizer> {
  return new Map(
    (["discriminator", "generator"] as const).map((network) => {
      const { learningRate: _schedule, ...spec } = config.optimizer[network];
      const rule = optimizerByName(spec.name);
      return [network, { rule, options: options(rule, spec, `optimizer.${network}`) }];
    }),
  );
}

function options(rule: { readonly schema: z.ZodType }, spec: Named, what: string): unknown {
  const { name, ...given } = spec;
  const parsed = rule.schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw usageError(`${what} "${name}": ${describeIssues(parsed.error, rule.schema, given)}.`);
}
