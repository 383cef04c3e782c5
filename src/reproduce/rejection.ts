import { discriminatorGraph, type Players } from "../adversarial/index.ts";
import { elementCount } from "../graph/value.ts";
import { scheduleAt } from "../optim/index.ts";
import type { Backend, Tensor } from "../runtime/session.ts";
import { createEngine } from "../train/engine/create-engine.ts";
import { initialArrays } from "../train/loop/initial-arrays.ts";
import { NoiseSource } from "../train/loop/noise.ts";
import type { Sampler } from "../train/loop/sampler.ts";
import { WeightedSession } from "../train/loop/weighted-session.ts";
import { gameOf, optimizersOf } from "../train/resolve.ts";
import { GansmithError } from "../util/errors.ts";
import { Random } from "../util/random.ts";

/** How D is brought to judge the finished generator, and whom it turns away. */
export interface Rejection {
  /** Steps of D alone, without penalties. */
  readonly steps: number;
  readonly batch: number;
  /** Adam's, at first; falls to 0. */
  readonly learningRate: number;
  /** Share of the samples whose logit lies below the one from which on all are accepted. */
  readonly quantile: number;
}

export interface RejectionInputs {
  readonly model: Players;
  /** Shape of one sample. */
  readonly sample: readonly number[];
  /** Draws from the finished generator. */
  readonly sampler: Sampler<Players>;
  /** Weights of both players by variable name. */
  readonly arrays: ReadonlyMap<string, Float32Array>;
  /** Batches of real samples: `next` puts fresh ones into `feeds`. */
  readonly reals: { readonly feeds: Map<string, Tensor>; readonly next: () => void };
  readonly seed: number;
  readonly backend: Backend;
}

/** Samples whose logits say where the threshold is. */
const calibration = 5000;
const chunk = 2500;
/** Fewer accepted than one in so many: D turns everything away. */
const patience = 100;

/**
 * Discriminator rejection sampling (arXiv 1810.06758): D goes on learning against the finished
 * generator until its logit estimates log p_data(x) / p_G(x); a sample with logit l is then accepted
 * with probability min(1, exp(l - t)). Gives `count` accepted samples and the accepted share.
 * Differs: t is a quantile of the logits, in place of the largest one and a correction by a quantile.
 */
export async function sampleAccepted(
  how: Rejection,
  count: number,
  inputs: RejectionInputs,
): Promise<{ readonly samples: Float32Array; readonly share: number }> {
  const { sampler, sample, seed } = inputs;
  const judge = await compileJudge(inputs, await trainedFurther(how, inputs));
  try {
    const logits: number[] = [];
    for await (const drawn of sampler.stream(calibration, seed + 1, { chunk })) {
      logits.push(...(await judge.run(drawn)));
    }
    logits.sort((a, b) => a - b);
    const threshold = logits[Math.floor(how.quantile * (logits.length - 1))] as number;
    const length = elementCount(sample);
    const samples = new Float32Array(count * length);
    const random = new Random(seed, "acceptance");
    const u = new Float32Array(1);
    let accepted = 0;
    let seen = 0;
    for await (const drawn of sampler.stream(patience * count, seed, { chunk })) {
      for (const [i, logit] of (await judge.run(drawn)).entries()) {
        seen++;
        random.fillUniform(u);
        if ((u[0] as number) >= Math.exp(logit - threshold)) continue;
        samples.set(drawn.subarray(i * length, (i + 1) * length), accepted * length);
        if (++accepted === count) return { samples, share: count / seen };
      }
    }
    throw new GansmithError("numeric", `D accepts fewer than one sample in ${patience}.`);
  } finally {
    await judge.release();
  }
}

/** D's arrays after its further steps. */
async function trainedFurther(
  { steps, batch, learningRate }: Rejection,
  { model, sample, arrays, reals, seed, backend }: RejectionInputs,
): Promise<Map<string, Float32Array>> {
  const rate = {
    from: learningRate,
    to: 0,
    over: (steps * batch) / 1000,
    shape: "cosine",
  } as const;
  const adam = { name: "adam", learningRate: rate, beta1: 0.5, beta2: 0.99 };
  const config = {
    loss: { name: "non-saturating" },
    regularizers: [],
    ...{ batch, pack: 1, discriminatorSteps: 1, generatorSteps: 1 },
  };
  const game = gameOf(config, model, sample);
  const optimizer = { discriminator: adam, generator: adam };
  const engine = await createEngine(game, backend, optimizersOf({ optimizer }));
  try {
    await engine.write(initialArrays(game, seed, engine.arrayNames));
    await engine.write(arrays);
    const noise = new NoiseSource(game, seed + 1);
    const [move] = game.plan;
    if (!move) throw new GansmithError("runtime", "a game without moves.");
    for (let step = 1; step <= steps; step++) {
      reals.next();
      noise.feed(move, reals.feeds);
      await engine.play(move, reals.feeds, scheduleAt(rate, (step * batch) / 1000));
    }
    return engine.read(game.variables.under("discriminator").map((v) => v.name));
  } finally {
    await engine.release();
  }
}

async function compileJudge(
  { model, sample, backend }: RejectionInputs,
  weights: ReadonlyMap<string, Float32Array>,
) {
  const session = await WeightedSession.compile(discriminatorGraph(model, sample), backend);
  session.setWeights(weights);
  return {
    /** Samples [n, ...sample] -> their logits. */
    async run(samples: Float32Array): Promise<Float32Array> {
      const dims = [samples.length / elementCount(sample), ...sample];
      const inputs = [["samples", { dtype: "f32", dims, data: samples }]] as const;
      return (await session.run(inputs, "logits")) as Float32Array;
    },
    release: () => session.release(),
  };
}
