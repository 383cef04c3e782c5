import { z } from "zod";
import {
  discountedAdvantages,
  discriminatorPhase,
  discriminatorScope,
  generatorScope,
  type SequenceDiscriminator,
} from "../../../adversarial/index.ts";
import {
  lstmDiscriminator,
  lstmDiscriminatorSchema,
} from "../../../models/sequence/lstm-discriminator.ts";
import type { SequenceMethod, TeacherInputs } from "../method.ts";
import { noiseTensor } from "../noise-tensor.ts";
import type { Players } from "../players.ts";
import { SequenceCritic } from "../sequence-critic.ts";
import { timeMajor } from "../sequence-judge.ts";
import { SequenceSampler } from "../sequence-sampler.ts";
import { openRewardedGame, type Rewarded, type Rewarder, rewardedSchema } from "./rewarded-game.ts";

export const scratchganSchema = rewardedSchema.extend({
  discriminator: lstmDiscriminatorSchema.prefault({}),
  batch: z.int().min(1).max(65_536).default(512),
  generatorRate: z.number().min(0).default(9.59e-5),
  discriminatorRate: z.number().min(0).default(9.38e-3),
  beta1: z.number().min(0).lt(1).default(0.5),
  generatorSteps: z.int().min(1).max(100_000).default(20),
  discriminatorSteps: z
    .strictObject({ before: z.int().min(0).default(1), each: z.int().min(0).default(1) })
    .prefault({}),
  stepsPerFakes: z.int().min(1).default(1),
  /** Weight of the squared norm of all that D has; the paper's 1e-6, for a loss that is twice its own. */
  l2: z.number().min(0).default(2e-6),
  /** What a reward is worth a token earlier. */
  discount: z.number().min(0).max(1).default(0.23),
  /** Share of the old baseline that a step keeps. */
  baselineDecay: z.number().min(0).lt(1).default(0.08),
});

export type ScratchganOptions = z.infer<typeof scratchganSchema>;

/**
 * ScratchGAN (arXiv 1905.09922): without any pretraining, on large batches. D says after every token
 * whether what it has read is real; a token's reward is 2 sigmoid(D) - 1, and G learns from the
 * discounted sum of what follows, less a moving average.
 * Differs: what follows a sequence's end is judged as well, but earns nothing; G is the network it is
 * given, without pretrained vectors.
 */
export const scratchgan: SequenceMethod<ScratchganOptions> = {
  name: "scratchgan",
  summary: "ScratchGAN: no pretraining; D rewards every token by what it has read so far",
  schema: scratchganSchema,
  open: (inputs, options) => {
    const { batch, l2, discount, baselineDecay } = options;
    const { length } = inputs.generator;
    const discriminator = lstmDiscriminator(options.discriminator, inputs.generator);
    const shape = { ...{ length, batch, l2 }, decayed: "all" } as const;
    return openRewardedGame(inputs, options, {
      phase: (variables) => discriminatorPhase(discriminator, variables, shape),
      open: () => StepRewards.create(inputs, batch, discriminator),
      advantages: (s, rewards, chosen) =>
        discountedAdvantages(s, rewards, chosen, { discount, baselineDecay }),
    });
  },
};

class StepRewards implements Rewarder {
  readonly #batch: number;
  readonly #sampler: SequenceSampler;
  readonly #critic: SequenceCritic;

  static async create(
    { generator, backend }: TeacherInputs,
    batch: number,
    discriminator: SequenceDiscriminator,
  ): Promise<StepRewards> {
    const { length } = generator;
    const sampler = await SequenceSampler.create(generator, backend);
    const critic = await SequenceCritic.create(discriminator, backend, { length, batch });
    return new StepRewards(batch, sampler, critic);
  }

  private constructor(batch: number, sampler: SequenceSampler, critic: SequenceCritic) {
    this.#batch = batch;
    this.#sampler = sampler;
    this.#critic = critic;
  }

  async reward(players: Players): Promise<Rewarded> {
    const batch = this.#batch;
    const { length, noise } = this.#sampler.generator;
    this.#sampler.setWeights(await players.weights(generatorScope));
    this.#critic.setWeights(await players.weights(discriminatorScope));
    const z = noise === undefined ? undefined : noiseTensor(noise, batch, players.random).data;
    const sequences = await this.#sampler.draw(batch, players.random, { ...(z && { z }) });
    const real = await this.#critic.probabilities(sequences);
    const rewards = new Float32Array(length * batch);
    real.forEach((p, i) => {
      rewards[(i % length) * batch + Math.floor(i / length)] = 2 * p - 1;
    });
    const reward = rewards.reduce((sum, r) => sum + r, 0) / rewards.length;
    return { tokens: timeMajor(sequences, length, batch), rewards, z, reward };
  }

  async release(): Promise<void> {
    await this.#sampler.release();
    await this.#critic.release();
  }
}
