import type { Players } from "../adversarial/index.ts";
import { BatchOrder, type BatchOrderState } from "../data/batches.ts";
import { drawMixture, type Mixture } from "../data/mixtures.ts";
import { type MixtureModes, mixtureModes } from "../metrics/scores/mixture-modes.ts";
import { mixtureMlp } from "../models/mixture-mlp.ts";
import type { RunConfig } from "../recipes/index.ts";
import { cpuBackend } from "../runtime/index.ts";
import type { Backend, Tensor } from "../runtime/session.ts";
import { GameLoop } from "../train/loop/game-loop.ts";
import { Sampler } from "../train/loop/sampler.ts";
import { gameOf } from "../train/resolve.ts";
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
const pointsOfTraining = 100_000;
export const rows = 100;
const judgedPoints = 2500;

/**
 * Trains PacGAN's players on a mixture and judges the generator. With packing m, D judges 100 rows of
 * m points each, as in the authors' code. Throws a numeric error when the game diverges.
 */
export async function runMixture(
  { mixture, recipe, steps, seed }: MixtureJob,
  onProgress?: (fraction: number) => void,
): Promise<MixtureOutcome> {
  const backend = cpuBackend({ threads: 1 });
  const start = performance.now();
  const batch = rows * recipe.pack;
  const once = { discriminatorSteps: 1, generatorSteps: 1 };
  const game = gameOf({ ...recipe, ...once, batch }, mixtureMlp, [2]);
  const loop = await GameLoop.create(game, backend, { ...recipe, batch }, seed);
  try {
    const points = trainingPoints(mixture, seed);
    const batches = new PointBatches(points, batch, seed);
    for (let step = 1; step <= steps; step++) {
      await loop.advance(batches.feeds, batches.next);
      onProgress?.(step / steps);
    }
    const drawn = await judgedSamples(loop, recipe.rejection, { points, seed, backend });
    const seconds = (performance.now() - start) / 1000;
    const { samples, before } = drawn;
    const outcome = { ...mixtureModes(samples, mixture), points: samples, seconds };
    if (!before) return outcome;
    const { accepted } = before;
    return { ...outcome, before: { ...mixtureModes(before.samples, mixture), accepted } };
  } finally {
    await loop.release();
  }
}

/** The points that a seed trains on, [n,2]. */
export function trainingPoints(mixture: Mixture, seed: number): Float32Array {
  return drawMixture(mixture, pointsOfTraining, new Random(seed, "mixture"));
}

/** The generator's points that are judged, [n,2]. */
export async function drawPoints(
  loop: GameLoop,
  backend: Backend,
  seed: number,
): Promise<Float32Array> {
  return (await judgedSamples(loop, undefined, { seed, backend })).samples;
}

/** Batches of points, in an order that is reshuffled after each pass. */
export class PointBatches {
  readonly feeds: Map<string, Tensor>;
  /** All of them, [n,2]. */
  readonly points: Float32Array;
  readonly #order: BatchOrder;
  readonly #real: Float32Array;

  constructor(points: Float32Array, batch: number, seed: number, state?: BatchOrderState) {
    this.points = points;
    this.#order = new BatchOrder(points.length / 2, batch, seed, state);
    this.#real = new Float32Array(2 * batch);
    this.feeds = new Map([["real", { dtype: "f32", dims: [batch, 2], data: this.#real }]]);
  }

  get state(): BatchOrderState {
    return this.#order.state;
  }

  next = (): void => {
    this.#order.next().forEach((row, i) => {
      this.#real.set(this.points.subarray(2 * row, 2 * row + 2), 2 * i);
    });
  };
}

/** The samples that the table measures; with rejection, also those without. */
async function judgedSamples(
  loop: GameLoop,
  rejection: Rejection | undefined,
  { points, seed, backend }: { points?: Float32Array; seed: number; backend: Backend },
): Promise<{
  readonly samples: Float32Array;
  readonly before?: { readonly samples: Float32Array; readonly accepted: number };
}> {
  const sampler = await Sampler.create<Players>(mixtureMlp, backend);
  try {
    const generator = await loop.generatorArrays();
    sampler.setWeights(generator);
    const chunks = sampler.stream(judgedPoints, seed, { chunk: judgedPoints });
    const plain = (await chunks.next()).value as Float32Array;
    if (!rejection || !points) return { samples: plain };
    const names = loop.game.variables.under("discriminator").map((v) => v.name);
    const arrays = new Map([...generator, ...(await loop.engine.read(names))]);
    const reals = new PointBatches(points, rejection.batch, seed + 1);
    const { samples, share } = await sampleAccepted(rejection, judgedPoints, {
      ...{ model: mixtureMlp, sample: [2], sampler, arrays, reals, seed, backend },
    });
    return { samples, before: { samples: plain, accepted: share } };
  } finally {
    await sampler.release();
  }
}
