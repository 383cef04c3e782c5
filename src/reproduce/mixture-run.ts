import { isDue, type Players } from "../adversarial/index.ts";
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
import { type Rejection, sampleAccepted } from "./rejection.ts";

/** How the players are trained; everything else is PacGAN's protocol. */
export type MixtureRecipe = Pick<
  RunConfig,
  "loss" | "regularizers" | "optimizer" | "pack" | "emaKimg"
> & {
  /** D turns away what it takes for fake once the training is over. */
  readonly rejection?: Rejection;
};

export interface MixtureJob {
  readonly mixture: Mixture;
  readonly recipe: MixtureRecipe;
  readonly steps: number;
  readonly seed: number;
}

export interface MixtureOutcome extends MixtureModes {
  /** What the generator scores without rejection, and the share of its samples that was accepted. */
  readonly before?: MixtureModes & { readonly accepted: number };
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
    const nextReals = pointsOf(data, batch, seed);
    const noise = new NoiseSource(game, seed);
    const real = new Float32Array(2 * batch);
    const feeds = new Map<string, Tensor>([
      ["real", { dtype: "f32", dims: [batch, 2], data: real }],
    ]);
    for (let step = 1; step <= steps; step++) {
      const kimg = (step * batch) / 1000;
      nextReals(real);
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
    const generator = game.variables.under("generator").map((v) => v.name);
    const averages = await engine.read(generator.map((name) => prefix + name));
    const weights = generator.map(
      (name) => [name, averages.get(prefix + name) as Float32Array] as const,
    );
    const discriminator = game.variables.under("discriminator").map((v) => v.name);
    const arrays = new Map([...weights, ...(await engine.read(discriminator))]);
    const drawn = await judgedSamples(recipe, arrays, { data, seed, backend });
    const { points, plain, accepted } = drawn;
    const seconds = (performance.now() - start) / 1000;
    const outcome = { ...mixtureModes(points, mixture), points, seconds };
    if (!recipe.rejection) return outcome;
    return { ...outcome, before: { ...mixtureModes(plain, mixture), accepted } };
  } finally {
    await engine.release();
  }
}

/** Fills a batch with the next points of a reshuffled order. */
function pointsOf(data: Float32Array, batch: number, seed: number) {
  const order = new BatchOrder(data.length / 2, batch, seed);
  return (into: Float32Array) => {
    for (const [i, row] of order.next().entries()) {
      into.set(data.subarray(2 * row, 2 * row + 2), 2 * i);
    }
  };
}

/** The samples that the table measures, and the same without rejection. */
async function judgedSamples(
  { rejection }: MixtureRecipe,
  arrays: ReadonlyMap<string, Float32Array>,
  { data, seed, backend }: { data: Float32Array; seed: number; backend: Backend },
): Promise<{ points: Float32Array; plain: Float32Array; accepted: number }> {
  const sampler = await Sampler.create<Players>(mixtureMlp, backend);
  try {
    sampler.setWeights(arrays);
    const chunks = sampler.stream(judgedPoints, seed, { chunk: judgedPoints });
    const plain = (await chunks.next()).value as Float32Array;
    if (rejection) {
      const nextReals = pointsOf(data, rejection.batch, seed + 1);
      const inputs = { model: mixtureMlp, sample: [2], sampler, arrays, nextReals, seed, backend };
      const { samples, share } = await sampleAccepted(rejection, judgedPoints, inputs);
      return { points: samples, plain, accepted: share };
    }
    return { points: plain, plain, accepted: 1 };
  } finally {
    await sampler.release();
  }
}
