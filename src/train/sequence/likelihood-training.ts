import { likelihoodGame, type Phase, type SequenceGenerator } from "../../adversarial/index.ts";
import { BatchOrder } from "../../data/batches.ts";
import { optimizerByName, type Schedule, scheduleAt } from "../../optim/index.ts";
import type { Backend, Tensor } from "../../runtime/session.ts";
import { createEngine } from "../engine/create-engine.ts";
import type { NetworkOptimizer } from "../engine/engine.ts";
import { divergence } from "../loop/game-loop.ts";
import { initialArrays } from "../loop/initial-arrays.ts";
import { NoiseSource } from "../loop/noise.ts";
import type { Arrays } from "../loop/weighted-session.ts";
import { SequenceJudge, timeMajor } from "./sequence-judge.ts";

export interface LikelihoodConfig {
  readonly batch: number;
  /** Passes over the data at most. */
  readonly epochs: number;
  /** Passes without a better validation score after which it ends; no limit by default. */
  readonly patience?: number;
  readonly optimizer: { readonly name: string; readonly [option: string]: unknown };
  /** By passes over the data. */
  readonly learningRate: Schedule;
  /** Gradients of a larger common norm are scaled down to it. */
  readonly clip: number;
  /** Share of the old average that a step keeps; 0 keeps none. */
  readonly average: number;
}

export interface LikelihoodInputs {
  readonly generator: SequenceGenerator;
  /** Sequences [n,T] to learn from. */
  readonly train: Int32Array;
  /** Sequences [n,T] by which the best weights are chosen. */
  readonly validation: Int32Array;
  readonly seed: number;
  readonly backend: Backend;
  readonly onEpoch?: (epoch: {
    readonly epoch: number;
    readonly loss: number;
    readonly nll: number;
  }) => void;
}

export interface LikelihoodOutcome {
  /** The weights of the best pass, by variable name. */
  readonly weights: Arrays;
  /** Validation NLL of the best pass, nats a token. */
  readonly nll: number;
  /** The best pass, from 1. */
  readonly epoch: number;
  readonly seconds: number;
}

/** Trains a generator by maximum likelihood; keeps the weights that are best on the validation set. */
export async function trainLikelihood(
  { generator, train, validation, seed, backend, onEpoch }: LikelihoodInputs,
  { batch, epochs, patience, optimizer, learningRate, clip, average }: LikelihoodConfig,
): Promise<LikelihoodOutcome> {
  const start = performance.now();
  const game = likelihoodGame(generator, batch, clip);
  const [phase] = game.plan as [Phase];
  const optimizers = new Map([[phase.network, optimizerOf(optimizer)]]);
  const engine = await createEngine(game, backend, optimizers);
  const judge = await SequenceJudge.create(generator, backend);
  try {
    await engine.write(initialArrays(game, seed, engine.arrayNames));
    const names = game.variables.under(phase.network).map((v) => v.name);
    const weights = async () => {
      const prefix = average > 0 ? "ema/" : "";
      const arrays = await engine.read(names.map((n) => prefix + n));
      return new Map(names.map((n) => [n, arrays.get(prefix + n) as Float32Array]));
    };
    const noise = new NoiseSource(game, seed);
    const tokens = new Int32Array(generator.length * batch);
    const feeds = new Map<string, Tensor>([
      ["tokens", { dtype: "i32", dims: [generator.length, batch], data: tokens }],
    ]);
    const order = new BatchOrder(train.length / generator.length, batch, seed);
    let steps = 0;
    let best: Omit<LikelihoodOutcome, "seconds"> | undefined;
    for (let epoch = 1; epoch <= epochs; epoch++) {
      let sum = 0;
      for (let i = 0; i < order.batchesPerEpoch; i++) {
        gather(train, order.next(), generator.length, tokens);
        noise.feed(phase, feeds);
        const progress = epoch - 1 + i / order.batchesPerEpoch;
        const scalars = await engine.play(phase, feeds, scheduleAt(learningRate, progress));
        const loss = scalars.get("loss") as number;
        steps++;
        if (!Number.isFinite(loss)) throw divergence("mle.loss", loss, steps);
        sum += loss;
        if (average > 0) await engine.average(Math.min(average, (1 + steps) / (10 + steps)));
      }
      const now = await weights();
      judge.setWeights(now);
      const nll = await judge.nll(validation);
      onEpoch?.({ epoch, loss: sum / order.batchesPerEpoch, nll });
      if (!best || nll < best.nll) best = { weights: now, nll, epoch };
      if (patience !== undefined && epoch - best.epoch >= patience) break;
    }
    return { ...(best as NonNullable<typeof best>), seconds: (performance.now() - start) / 1000 };
  } finally {
    await judge.release();
    await engine.release();
  }
}

/** An optimizer of a name with options. */
export function optimizerOf({ name, ...options }: LikelihoodConfig["optimizer"]): NetworkOptimizer {
  const rule = optimizerByName(name);
  return { rule, options: rule.schema.parse(options) };
}

/** The sequences of a batch, [T,N]. */
export function gather(
  all: Int32Array,
  rows: ArrayLike<number>,
  length: number,
  into: Int32Array,
): void {
  for (let i = 0; i < rows.length; i++) {
    const at = (rows[i] as number) * length;
    timeMajor(all.subarray(at, at + length), length, rows.length, into.subarray(i));
  }
}
