import { generatorScope } from "../../../adversarial/index.ts";
import type { TeacherInputs } from "../method.ts";
import type { Players } from "../players.ts";
import { RolloutSampler, type Rollouts } from "../rollout-sampler.ts";
import { timeMajor } from "../sequence-judge.ts";
import type { Rewarded, Rewarder } from "./rewarded-game.ts";

export interface RolloutOptions {
  readonly batch: number;
  /** Ends drawn from each beginning. */
  readonly rollouts: number;
  /** G learns from how much better than the batch's mean at the same place a token did. */
  readonly baseline: boolean;
}

/** Says how good sequences and the ends drawn from their beginnings are. */
export interface Scorer {
  /** Before a step of G: takes the weights, and what else it needs. */
  prepare(players: Players): Promise<void>;
  /** The scores of the sequences [batch], then those of the ends [T-1,rollouts,batch]. */
  score(drawn: Rollouts): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Sequences whose ends are drawn and scored at a time. */
const chunk = 8;

/**
 * Rewards a token by the mean score of sequences that begin up to it and are drawn to their end; the last
 * one by the score of its sequence (SeqGAN's Monte Carlo search, arXiv 1609.05473).
 */
export class RolloutRewards implements Rewarder {
  readonly #options: RolloutOptions;
  readonly #length: number;
  readonly #noise: number | undefined;
  readonly #sampler: RolloutSampler;
  readonly #scorer: Scorer;

  /** `open` makes a scorer of so many sequences at a time with so many ends of each beginning. */
  static async create(
    { generator, backend }: TeacherInputs,
    options: RolloutOptions,
    open: (drawn: { readonly batch: number; readonly rollouts: number }) => Promise<Scorer>,
  ): Promise<RolloutRewards> {
    const { rollouts } = options;
    const drawn = { batch: chunk, rollouts };
    const sampler = await RolloutSampler.create(generator, backend, drawn);
    const scorer = await open(drawn);
    return new RolloutRewards(options, generator, sampler, scorer);
  }

  private constructor(
    options: RolloutOptions,
    { length, noise }: TeacherInputs["generator"],
    sampler: RolloutSampler,
    scorer: Scorer,
  ) {
    this.#options = options;
    this.#length = length;
    this.#noise = noise;
    this.#sampler = sampler;
    this.#scorer = scorer;
  }

  async reward(players: Players, stop: () => boolean): Promise<Rewarded | undefined> {
    const { batch, rollouts, baseline } = this.#options;
    const length = this.#length;
    this.#sampler.setWeights(await players.weights(generatorScope));
    await this.#scorer.prepare(players);
    const tokens = new Int32Array(length * batch);
    const rewards = new Float32Array(length * batch);
    const noise = this.#noise;
    const z = noise === undefined ? undefined : new Float32Array(batch * noise);
    for (let done = 0; done < batch; done += chunk) {
      if (stop()) return undefined;
      const drawn = await this.#sampler.draw(players.random);
      const { sequences, z: own } = drawn;
      const rows = Math.min(chunk, batch - done);
      if (z && own) z.set(own.subarray(0, (rows * z.length) / batch), (done * z.length) / batch);
      timeMajor(sequences.subarray(0, rows * length), length, batch, tokens.subarray(done));
      const scores = await this.#scorer.score(drawn);
      const begun = scores.subarray(chunk);
      for (let i = 0; i < rows; i++) {
        for (let p = 1; p < length; p++) {
          let sum = 0;
          for (let k = 0; k < rollouts; k++) {
            sum += begun[((p - 1) * rollouts + k) * chunk + i] as number;
          }
          rewards[(p - 1) * batch + done + i] = sum / rollouts;
        }
        rewards[(length - 1) * batch + done + i] = scores[i] as number;
      }
    }
    const reward = rewards.reduce((sum, r) => sum + r, 0) / rewards.length;
    if (baseline) subtractMeans(rewards, batch);
    return { tokens, rewards, z, reward };
  }

  async release(): Promise<void> {
    await this.#sampler.release();
    await this.#scorer.release();
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
