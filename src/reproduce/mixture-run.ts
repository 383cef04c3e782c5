import { isDue } from "../adversarial/index.ts";
import { BatchOrder } from "../data/batches.ts";
import { drawMixture, type Mixture } from "../data/mixtures.ts";
import { type MixtureModes, mixtureModes } from "../metrics/scores/mixture-modes.ts";
import { mixtureMlp } from "../models/mixture-mlp.ts";
import { emaDecay, type Schedule, scheduleAt } from "../optim/index.ts";
import type { RunConfig } from "../recipes/index.ts";
import type { Backend, Tensor } from "../runtime/session.ts";
import { createEngine } from "../train/engine/create-engine.ts";
import { initialArrays } from "../train/initial-arrays.ts";
import { feedSchedules, NoiseSource } from "../train/noise.ts";
import { gameOf, optimizersOf } from "../train/resolve.ts";
import { Sampler } from "../train/sampler.ts";
import { GansmithError } from "../util/errors.ts";
import { Random } from "../util/random.ts";

/** How the players are trained; everything else is PacGAN's protocol. */
export type MixtureRecipe = Pick<
  RunConfig,
  "loss" | "regularizers" | "optimizer" | "pack" | "emaKimg"
>;

export interface MixtureJob {
  readonly mixture: Mixture;
  readonly recipe: MixtureRecipe;
  readonly steps: number;
  readonly seed: number;
}

export interface MixtureOutcome extends MixtureModes {
  /** The judged samples, [2500,2]. */
  readonly points: Float32Array;
  readonly seconds: number;
}

/** PacGAN's protocol: training points, rows that D judges at a time, samples that are measured. */
const trainingPoints = 100_000;
export const rows = 100;
const judgedPoints = 2500;

/**
 * Trains PacGAN's players on a mixture and judges the generator. With packing m, D judges 100 rows of
 * m points each, as in the authors' code. Throws a numeric error when the game diverges.
 */
export async function runMixture(
  { mixture, recipe, steps, seed }: MixtureJob,
  backend: Backend,
  onStep?: (step: number) => void,
): Promise<MixtureOutcome> {
  const start = performance.now();
  const batch = rows * recipe.pack;
  const once = { discriminatorSteps: 1, generatorSteps: 1 };
  const game = gameOf({ ...recipe, ...once, batch }, mixtureMlp, [2]);
  const engine = await createEngine(game, backend, optimizersOf(recipe));
  try {
    await engine.write(initialArrays(game, seed, engine.arrayNames));
    const data = drawMixture(mixture, trainingPoints, new Random(seed, "mixture"));
    const order = new BatchOrder(trainingPoints, batch, seed);
    const noise = new NoiseSource(game, seed);
    const real = new Float32Array(2 * batch);
    const feeds = new Map<string, Tensor>([
      ["real", { dtype: "f32", dims: [batch, 2], data: real }],
    ]);
    for (let step = 1; step <= steps; step++) {
      const kimg = (step * batch) / 1000;
      order.next().forEach((row, i) => {
        real.set(data.subarray(2 * row, 2 * row + 2), 2 * i);
      });
      for (const phase of game.plan) {
        if (!isDue(phase, step - 1)) continue;
        noise.feed(phase, feeds);
        feedSchedules(phase, kimg, feeds);
        const network = phase.network as "discriminator" | "generator";
        const rate = scheduleAt(recipe.optimizer[network].learningRate as Schedule, kimg);
        const loss = (await engine.play(phase, feeds, rate)).get("loss") as number;
        if (!Number.isFinite(loss)) {
          throw new GansmithError("numeric", `the game diverged at step ${step}.`);
        }
      }
      if (recipe.emaKimg > 0) await engine.average(emaDecay(recipe.emaKimg, batch, kimg));
      onStep?.(step);
    }
    const prefix = recipe.emaKimg > 0 ? "ema/" : "";
    const names = game.variables.under("generator").map((v) => v.name);
    const arrays = await engine.read(names.map((name) => prefix + name));
    const weights = names.map((name) => [name, arrays.get(prefix + name) as Float32Array] as const);
    const sampler = await Sampler.create(mixtureMlp, backend);
    sampler.setWeights(new Map(weights));
    const chunks = sampler.stream(judgedPoints, seed, { chunk: judgedPoints });
    const points = (await chunks.next()).value as Float32Array;
    await sampler.release();
    const seconds = (performance.now() - start) / 1000;
    return { ...mixtureModes(points, mixture), points, seconds };
  } finally {
    await engine.release();
  }
}
