import { rolloutGraph, type SequenceGenerator } from "../../adversarial/index.ts";
import type { Backend, Tensor } from "../../runtime/session.ts";
import type { Random } from "../../util/random.ts";
import { type Arrays, WeightedSession } from "../loop/weighted-session.ts";
import { noiseTensor } from "./noise-tensor.ts";

export interface Rollouts {
  /** The sequences, [batch,T]. */
  readonly sequences: Int32Array;
  /**
   * Their beginnings of p = 1 to T-1 tokens with drawn ends, [T-1, rollouts, batch, T]: row p-1 begins
   * with p tokens of the sequence.
   */
  readonly ends: Int32Array;
  /** The sequences' noise [batch,Z], where the generator has some. */
  readonly z: Float32Array | undefined;
}

/** Draws sequences with ends from each of their beginnings; see `rolloutGraph`. */
export class RolloutSampler {
  readonly #generator: SequenceGenerator;
  readonly #session: WeightedSession;
  readonly #uniform: Tensor;
  readonly #batch: number;
  readonly #rollouts: number;

  static async create(
    generator: SequenceGenerator,
    backend: Backend,
    how: { readonly batch: number; readonly rollouts: number },
  ): Promise<RolloutSampler> {
    const network = rolloutGraph(generator, how);
    const session = await WeightedSession.compile(network, backend);
    return new RolloutSampler(generator, session, network.draws, how);
  }

  private constructor(
    generator: SequenceGenerator,
    session: WeightedSession,
    draws: number,
    { batch, rollouts }: { readonly batch: number; readonly rollouts: number },
  ) {
    this.#generator = generator;
    this.#session = session;
    this.#uniform = { dtype: "f32", dims: [draws], data: new Float32Array(draws) };
    this.#batch = batch;
    this.#rollouts = rollouts;
  }

  /** Takes the generator's arrays by variable name. Throws a usage error where one is missing. */
  setWeights(arrays: Arrays): void {
    this.#session.setWeights(arrays);
  }

  async draw(random: Random): Promise<Rollouts> {
    const { length, noise } = this.#generator;
    const [batch, group] = [this.#batch, this.#batch * this.#rollouts];
    random.fillUniform(this.#uniform.data as Float32Array);
    const feeds = new Map([["uniform", this.#uniform]]);
    const z = noise === undefined ? undefined : noiseTensor(noise, batch, random);
    if (z) feeds.set("z", z);
    const drawn = await this.#session.run(feeds, "tokens");
    const sequences = new Int32Array(batch * length);
    const ends = new Int32Array((length - 1) * group * length);
    let at = 0;
    for (let t = 0; t < length; t++) {
      for (let i = 0; i < batch; i++) sequences[i * length + t] = drawn[at + i] as number;
      for (let p = 1; p < length; p++) {
        // Group p has begun at step p; the youngest lies first.
        const from = at + batch + (t - p) * group;
        for (let k = 0; k < group; k++) {
          const token = p <= t ? drawn[from + k] : drawn[at + (k % batch)];
          ends[((p - 1) * group + k) * length + t] = token as number;
        }
      }
      at += batch + t * group;
    }
    return { sequences, ends, z: z?.data };
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
