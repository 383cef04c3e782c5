import { z } from "zod";
import {
  discriminatorScope,
  generatorScope,
  type SequenceDiscriminator,
} from "../../../adversarial/index.ts";
import type { SequenceMethod, TeacherInputs } from "../method.ts";
import { noiseTensor } from "../noise-tensor.ts";
import type { Players } from "../players.ts";
import { SequenceCritic } from "../sequence-critic.ts";
import { timeMajor } from "../sequence-judge.ts";
import { SequenceSampler } from "../sequence-sampler.ts";
import {
  judgedBy,
  judgedSchema,
  openRewardedGame,
  type Rewarded,
  type Rewarder,
} from "./rewarded-game.ts";

export const maliganSchema = judgedSchema.extend({
  /** What is taken from a sequence's share of the batch times the batch, whose mean is 1. */
  baseline: z.number().min(0).max(1).default(1),
});

export type MaliganOptions = z.infer<typeof maliganSchema>;

/**
 * MaliGAN-basic (arXiv 1702.07983, algorithm 1): a sequence is rewarded by r = D / (1 - D), its estimated
 * ratio of the real probability to G's, shared out in the batch: N r_i / sum r - baseline.
 * Differs: r is taken from D's logit, which the batch's largest is subtracted from, so that none overflows.
 */
export const maligan: SequenceMethod<MaliganOptions> = {
  name: "maligan",
  summary: "MaliGAN: a sequence's reward is its ratio D / (1 - D), shared out in the batch",
  schema: maliganSchema,
  open: (inputs, options) =>
    openRewardedGame(
      inputs,
      options,
      judgedBy(inputs, options, (d) => RatioRewards.create(inputs, options, d)),
    ),
};

class RatioRewards implements Rewarder {
  readonly #options: MaliganOptions;
  readonly #sampler: SequenceSampler;
  readonly #critic: SequenceCritic;

  static async create(
    { generator, backend }: TeacherInputs,
    options: MaliganOptions,
    discriminator: SequenceDiscriminator,
  ): Promise<RatioRewards> {
    const { batch } = options;
    const { length } = generator;
    const sampler = await SequenceSampler.create(generator, backend);
    const critic = await SequenceCritic.create(discriminator, backend, { length, batch });
    return new RatioRewards(options, sampler, critic);
  }

  private constructor(options: MaliganOptions, sampler: SequenceSampler, critic: SequenceCritic) {
    this.#options = options;
    this.#sampler = sampler;
    this.#critic = critic;
  }

  async reward(players: Players): Promise<Rewarded> {
    const { batch, baseline } = this.#options;
    const { length, noise } = this.#sampler.generator;
    this.#sampler.setWeights(await players.weights(generatorScope));
    this.#critic.setWeights(await players.weights(discriminatorScope));
    const z = noise === undefined ? undefined : noiseTensor(noise, batch, players.random).data;
    const sequences = await this.#sampler.draw(batch, players.random, { ...(z && { z }) });
    const logits = await this.#critic.logits(sequences);
    const most = logits.reduce((a, b) => Math.max(a, b));
    const ratios = logits.map((x) => Math.exp(x - most));
    const total = ratios.reduce((sum, r) => sum + r, 0);
    const rewards = new Float32Array(length * batch);
    for (let i = 0; i < rewards.length; i++) {
      rewards[i] = (batch * (ratios[i % batch] as number)) / total - baseline;
    }
    const reward = logits.reduce((sum, x) => sum + 1 / (1 + Math.exp(-x)), 0) / batch;
    return { tokens: timeMajor(sequences, length, batch), rewards, z, reward };
  }

  async release(): Promise<void> {
    await this.#sampler.release();
    await this.#critic.release();
  }
}
