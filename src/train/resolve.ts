import type { z } from "zod";
import { buildGame, type Game, type GanModel, type Players } from "../adversarial/index.ts";
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

/** The model for data of the given channels and classes. */
export function modelOf(config: RunConfig, channels: number, classes: number): GanModel {
  const rule = findModel(config.model.name);
  const image = { channels, size: config.size };
  return rule.build(optionsOf(rule, config.model, "model"), image, classes);
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
    loss: { rule: loss, options: optionsOf(loss, config.loss, "loss") },
    regularizers: config.regularizers.map((r) => {
      const { interval = 1, ...own } = r;
      const rule = findRegularizer(own.name);
      return { rule, options: optionsOf(rule, own, "regularizer"), interval };
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
      return [network, { rule, options: optionsOf(rule, spec, `optimizer.${network}`) }];
    }),
  );
}

/** Checks the options of a part against its schema; throws a usage error. */
export function optionsOf(
  rule: { readonly schema: z.ZodType },
  spec: Named,
  what: string,
): unknown {
  const { name, ...given } = spec;
  const parsed = rule.schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw usageError(`${what} "${name}": ${describeIssues(parsed.error, rule.schema, given)}.`);
}
