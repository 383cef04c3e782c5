import {
  discriminatorPhase,
  discriminatorScope,
  type Game,
  generatorScope,
  type Phase,
  policyGradientPhase,
  type SequenceDiscriminator,
} from "../../adversarial/index.ts";
import { BatchOrder } from "../../data/batches.ts";
import { Variables } from "../../nn/scope.ts";
import type { Tensor } from "../../runtime/session.ts";
import { Random } from "../../util/random.ts";
import { createEngine } from "../engine/create-engine.ts";
import type { Engine } from "../engine/engine.ts";
import { divergence } from "../loop/game-loop.ts";
import { initialArrays } from "../loop/initial-arrays.ts";
import { NoiseSource } from "../loop/noise.ts";
import {
  gather,
  type LikelihoodConfig,
  type LikelihoodInputs,
  type LikelihoodOutcome,
  optimizerOf,
  trainLikelihood,
} from "./likelihood-training.ts";
import { RolloutSampler } from "./rollout-sampler.ts";
import { SequenceCritic } from "./sequence-critic.ts";
import { SequenceJudge, timeMajor } from "./sequence-judge.ts";
import { SequenceSampler } from "./sequence-sampler.ts";

export interface SeqganConfig {
  /** How G begins. */
  readonly pretraining: LikelihoodConfig;
  readonly batch: number;
  /** Ends drawn from each beginning, by which its last token is rewarded. */
  readonly rollouts: number;
  /** G's steps. */
  readonly iterations: number;
  readonly clip: number;
  /** G learns from how much better than the batch's mean at the same place a token did. */
  readonly baseline: boolean;
  readonly generatorRate: number;
  readonly discriminatorRate: number;
  readonly l2: number;
  /** D's steps before G's first and after each. */
  readonly discriminatorSteps: { readonly before: number; readonly each: number };
  /** D's steps on the same fakes. */
  readonly stepsPerFakes: number;
}

export interface SeqganInputs extends LikelihoodInputs {
  readonly discriminator: SequenceDiscriminator;
  readonly onIteration?: (done: {
    readonly iteration: number;
    readonly reward: number;
    readonly realAccuracy: number;
    readonly fakeAccuracy: number;
  }) => void;
}

/** Sequences whose ends are drawn at a time: their probabilities stay in the cache. */
const chunk = 8;
const adam = { name: "adam", beta1: 0.9, beta2: 0.999 };

/**
 * SeqGAN (arXiv 1609.05473): G is rewarded for a token by what D thinks, on average, of sequences that
 * begin up to it and are drawn to their end; D learns to tell G's sequences from real ones.
 * Differs: ends are drawn by G as it is, not by an average of it; a baseline may be taken off.
 */
export async function trainSeqgan(
  inputs: SeqganInputs,
  config: SeqganConfig,
): Promise<LikelihoodOutcome> {
  const start = performance.now();
  const { weights } = await trainLikelihood(inputs, config.pretraining);
  const players = await Players.create(inputs, config, weights);
  try {
    await players.teachDiscriminator(config.discriminatorSteps.before);
    for (let iteration = 1; iteration <= config.iterations; iteration++) {
      const reward = await players.rewardGenerator();
      const accuracy = await players.teachDiscriminator(config.discriminatorSteps.each);
      inputs.onIteration?.({ iteration, reward, ...accuracy });
    }
    const learned = await players.weights(generatorScope);
    const judge = await SequenceJudge.create(inputs.generator, inputs.backend);
    judge.setWeights(learned);
    const nll = await judge.nll(inputs.validation);
    await judge.release();
    const seconds = (performance.now() - start) / 1000;
    return { weights: learned, nll, epoch: config.iterations, seconds };
  } finally {
    await players.release();
  }
}

/** Both networks, and what draws from and asks them. */
class Players {
  readonly #inputs: SeqganInputs;
  readonly #config: SeqganConfig;
  readonly #game: Game;
  readonly #engine: Engine;
  readonly #sampler: SequenceSampler;
  readonly #rollouts: RolloutSampler;
  readonly #critic: SequenceCritic;
  readonly #noise: NoiseSource;
  readonly #order: BatchOrder;
  readonly #random: Random;
  #fakes: Int32Array = new Int32Array(0);
  #fakeSteps = 0;

  static async create(
    inputs: SeqganInputs,
    config: SeqganConfig,
    weights: ReadonlyMap<string, Float32Array>,
  ): Promise<Players> {
    const { generator, discriminator, backend, seed } = inputs;
    const { batch, clip, l2, rollouts } = config;
    const { length } = generator;
    const variables = new Variables();
    const policy = policyGradientPhase(generator, variables, { batch, clip });
    const d = discriminatorPhase(discriminator, variables, { length, batch, l2 });
    const game = { variables, plan: [policy, d] };
    const optimizers = new Map([
      [generatorScope, optimizerOf(adam)],
      [discriminatorScope, optimizerOf(adam)],
    ]);
    const engine = await createEngine(game, backend, optimizers);
    await engine.write(initialArrays(game, seed, engine.arrayNames));
    await engine.write(weights);
    return new Players(inputs, config, game, engine, [
      await SequenceSampler.create(generator, backend),
      await RolloutSampler.create(generator, backend, { batch: chunk, rollouts }),
      await SequenceCritic.create(discriminator, backend, { length, batch: chunk * rollouts }),
    ]);
  }

  private constructor(
    inputs: SeqganInputs,
    config: SeqganConfig,
    game: Game,
    engine: Engine,
    [sampler, rollouts, critic]: readonly [SequenceSampler, RolloutSampler, SequenceCritic],
  ) {
    this.#inputs = inputs;
    this.#config = config;
    this.#game = game;
    this.#engine = engine;
    this.#sampler = sampler;
    this.#rollouts = rollouts;
    this.#critic = critic;
    this.#noise = new NoiseSource(game, inputs.seed);
    const count = inputs.train.length / inputs.generator.length;
    this.#order = new BatchOrder(count, config.batch, inputs.seed);
    this.#random = new Random(inputs.seed, "seqgan");
  }

  /** One step of G; answers with the mean reward. */
  async rewardGenerator(): Promise<number> {
    const { batch, rollouts, baseline, generatorRate } = this.#config;
    const { length } = this.#inputs.generator;
    const weights = await this.weights(generatorScope);
    this.#rollouts.setWeights(weights);
    this.#critic.setWeights(await this.weights(discriminatorScope));
    const tokens = new Int32Array(length * batch);
    const rewards = new Float32Array(length * batch);
    for (let done = 0; done < batch; done += chunk) {
      const { sequences, ends } = await this.#rollouts.draw(this.#random);
      const rows = Math.min(chunk, batch - done);
      timeMajor(sequences.subarray(0, rows * length), length, batch, tokens.subarray(done));
      const whole = await this.#critic.probabilities(sequences);
      const begun = await this.#critic.probabilities(ends);
      for (let i = 0; i < rows; i++) {
        for (let p = 1; p < length; p++) {
          let sum = 0;
          for (let k = 0; k < rollouts; k++) {
            sum += begun[((p - 1) * rollouts + k) * chunk + i] as number;
          }
          rewards[(p - 1) * batch + done + i] = sum / rollouts;
        }
        rewards[(length - 1) * batch + done + i] = whole[i] as number;
      }
    }
    const reward = rewards.reduce((sum, r) => sum + r, 0) / rewards.length;
    if (baseline) subtractMeans(rewards, batch);
    const dims = [length, batch];
    const feeds = new Map<string, Tensor>([
      ["tokens", { dtype: "i32", dims, data: tokens }],
      ["rewards", { dtype: "f32", dims, data: rewards }],
    ]);
    const scalars = await this.#engine.play(this.#game.plan[0] as Phase, feeds, generatorRate);
    requireFinite("policy.loss", scalars.get("loss"), this.#engine.updates.get(generatorScope));
    return reward;
  }

  /** Steps of D on real batches and fresh fakes; answers with its mean accuracies. */
  async teachDiscriminator(steps: number) {
    const { batch, discriminatorRate, stepsPerFakes } = this.#config;
    const { generator, train } = this.#inputs;
    const { length } = generator;
    const phase = this.#game.plan[1] as Phase;
    const [real, fake] = [new Int32Array(length * batch), new Int32Array(length * batch)];
    const dims = [length, batch];
    const feeds = new Map<string, Tensor>([
      ["real", { dtype: "i32", dims, data: real }],
      ["fake", { dtype: "i32", dims, data: fake }],
    ]);
    const sums = { realAccuracy: 0, fakeAccuracy: 0 };
    this.#fakeSteps = 0;
    for (let step = 0; step < steps; step++) {
      if (this.#fakeSteps === 0) {
        this.#sampler.setWeights(await this.weights(generatorScope));
        const wanted = batch * Math.min(stepsPerFakes, steps - step);
        this.#fakes = await this.#sampler.draw(wanted, this.#random);
        this.#fakeSteps = wanted / batch;
      }
      this.#fakeSteps--;
      gather(train, this.#order.next(), length, real);
      const at = this.#fakeSteps * batch * length;
      timeMajor(this.#fakes.subarray(at, at + batch * length), length, batch, fake);
      this.#noise.feed(phase, feeds);
      const scalars = await this.#engine.play(phase, feeds, discriminatorRate);
      requireFinite("d.loss", scalars.get("loss"), this.#engine.updates.get(discriminatorScope));
      sums.realAccuracy += (scalars.get("realAccuracy") as number) / steps;
      sums.fakeAccuracy += (scalars.get("fakeAccuracy") as number) / steps;
    }
    return sums;
  }

  /** A network's weights by variable name. */
  weights(network: string): Promise<Map<string, Float32Array>> {
    return this.#engine.read(this.#game.variables.under(network).map((v) => v.name));
  }

  async release(): Promise<void> {
    for (const part of [this.#sampler, this.#rollouts, this.#critic, this.#engine]) {
      await part.release();
    }
  }
}

/** Takes its mean from each row [batch] of rewards. */
function subtractMeans(rewards: Float32Array, batch: number): void {
  for (let at = 0; at < rewards.length; at += batch) {
    const row = rewards.subarray(at, at + batch);
    const mean = row.reduce((sum, r) => sum + r, 0) / batch;
    row.forEach((r, i) => {
      row[i] = r - mean;
    });
  }
}

function requireFinite(name: string, value = Number.NaN, step = 0): void {
  if (!Number.isFinite(value)) throw divergence(name, value, step);
}
