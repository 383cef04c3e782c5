import { z } from "zod";
import {
  discriminatorScope,
  generatorScope,
  type SequenceDiscriminator,
} from "../../../adversarial/index.ts";
import type { SequenceMethod, TeacherInputs } from "../method.ts";
import type { Players } from "../players.ts";
import { RolloutSampler } from "../rollout-sampler.ts";
import { SequenceCritic } from "../sequence-critic.ts";
import { timeMajor } from "../sequence-judge.ts";
import { openRewardedGame, type Rewarded, type Rewarder, rewardedSchema } from "./rewarded-game.ts";

export const seqganSchema = rewardedSchema.extend({
  /** Ends drawn from each beginning, by which its last token is rewarded. */
  rollouts: z.int().min(1).max(1024).default(16),
  /** G learns from how much better than the batch's mean at the same place a token did. */
  baseline: z.boolean().default(true),
});

export type SeqganOptions = z.infer<typeof seqganSchema>;

/**
 * SeqGAN (arXiv 1609.05473): G is rewarded for a token by what D thinks, on average, of sequences that
 * begin up to it and are drawn to their end.
 * Differs: ends are drawn by G as it is, not by an average of it; a baseline may be taken off.
 */
export const seqgan: SequenceMethod<SeqganOptions> = {
  name: "seqgan",
  summary: "SeqGAN: a token's reward is what D thinks of ends drawn from it",
  schema: seqganSchema,
  open: (inputs, options) =>
    openRewardedGame(inputs, options, (d) => RolloutRewards.create(inputs, options, d)),
};

/** Sequences whose ends are drawn at a time: their probabilities stay in the cache. */
const chunk = 8;

class RolloutRewards implements Rewarder {
  readonly #options: SeqganOptions;
  readonly #length: number;
  readonly #noise: number | undefined;
  readonly #sampler: RolloutSampler;
  readonly #critic: SequenceCritic;

  static async create(
    { generator, backend }: TeacherInputs,
    options: SeqganOptions,
    discriminator: SequenceDiscriminator,
  ): Promise<RolloutRewards> {
    const { rollouts } = options;
    const { length } = generator;
    return new RolloutRewards(options, generator, [
      await RolloutSampler.create(generator, backend, { batch: chunk, rollouts }),
      await SequenceCritic.create(discriminator, backend, { length, batch: chunk * rollouts }),
    ]);
  }

  private constructor(
    options: SeqganOptions,
    { length, noise }: TeacherInputs["generator"],
    [sampler, critic]: readonly [RolloutSampler, SequenceCritic],
  ) {
    this.#options = options;
    this.#length = length;
    this.#noise = noise;
    this.#sampler = sampler;
    this.#critic = critic;
  }

  async reward(players: Players, stop: () => boolean): Promise<Rewarded | undefined> {
    const { batch, rollouts, baseline } = this.#options;
    const length = this.#length;
    this.#sampler.setWeights(await players.weights(generatorScope));
    this.#critic.setWeights(await players.weights(discriminatorScope));
    const tokens = new Int32Array(length * batch);
    const rewards = new Float32Array(length * batch);
    const noise = this.#noise;
    const z = noise === undefined ? undefined : new Float32Array(batch * noise);
    for (let done = 0; done < batch; done += chunk) {
      if (stop()) return undefined;
      const { sequences, ends, z: own } = await this.#sampler.draw(players.random);
      const rows = Math.min(chunk, batch - done);
      if (z && own) z.set(own.subarray(0, (rows * z.length) / batch), (done * z.length) / batch);
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
    return { tokens, rewards, z, reward };
  }

  async release(): Promise<void> {
    await this.#sampler.release();
    await this.#critic.release();
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
