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

/** Numbers of probabilities that lie in a cache of a few megabytes. */
const cached = 2 ** 20;

/** Draws sequences with ends from each of their beginnings; see `rolloutGraph`. */
export class RolloutSampler {
  readonly #generator: SequenceGenerator;
  readonly #session: WeightedSession;
  readonly #uniform: Tensor;
  readonly #batch: number;
  /** Sequences of a run: a divisor of the batch. */
  readonly #chunk: number;
  readonly #rollouts: number;

  static async create(
    generator: SequenceGenerator,
    backend: Backend,
    how: { readonly batch: number; readonly rollouts: number },
  ): Promise<RolloutSampler> {
    const { vocabulary, length } = generator;
    const rows = (how.rollouts * length) / 2;
    let chunk = how.batch;
    while (how.batch % chunk > 0 || (chunk > 1 && chunk * rows * vocabulary > cached)) chunk--;
    const network = rolloutGraph(generator, { ...how, batch: chunk });
    const session = await WeightedSession.compile(network, backend);
    return new RolloutSampler(generator, session, network.draws, { ...how, chunk });
  }

  private constructor(
    generator: SequenceGenerator,
    session: WeightedSession,
    draws: number,
    how: { readonly batch: number; readonly rollouts: number; readonly chunk: number },
  ) {
    this.#generator = generator;
    this.#session = session;
    this.#uniform = { dtype: "f32", dims: [draws], data: new Float32Array(draws) };
    this.#batch = how.batch;
    this.#chunk = how.chunk;
    this.#rollouts = how.rollouts;
  }

  /** Takes the generator's arrays by variable name. Throws a usage error where one is missing. */
  setWeights(arrays: Arrays): void {
    this.#session.setWeights(arrays);
  }

  async draw(random: Random): Promise<Rollouts> {
    const { length, noise } = this.#generator;
    const [batch, chunk] = [this.#batch, this.#chunk];
    const sequences = new Int32Array(batch * length);
    const ends = new Int32Array((length - 1) * this.#rollouts * batch * length);
    const z = noise === undefined ? undefined : new Float32Array(batch * noise);
    for (let done = 0; done < batch; done += chunk) {
      random.fillUniform(this.#uniform.data as Float32Array);
      const feeds = new Map([["uniform", this.#uniform]]);
      if (noise !== undefined) {
        const own = noiseTensor(noise, chunk, random);
        feeds.set("z", own);
        z?.set(own.data, done * noise);
      }
      this.#place(await this.#session.run(feeds, "tokens"), done, sequences, ends);
    }
    return { sequences, ends, z };
  }

  /** Puts the tokens of a run, sequences `done` and after, where they belong. */
  #place(drawn: ArrayLike<number>, done: number, sequences: Int32Array, ends: Int32Array): void {
    const { length } = this.#generator;
    const [batch, chunk, rollouts] = [this.#batch, this.#chunk, this.#rollouts];
    const group = chunk * rollouts;
    let at = 0;
    for (let t = 0; t < length; t++) {
      for (let i = 0; i < chunk; i++) sequences[(done + i) * length + t] = drawn[at + i] as number;
      for (let p = 1; p < length; p++) {
        // Group p has begun at step p; the youngest lies first.
        const from = at + chunk + (t - p) * group;
        for (let k = 0; k < group; k++) {
          const token = p <= t ? drawn[from + k] : drawn[at + (k % chunk)];
          const row = Math.floor(k / chunk) * batch + done + (k % chunk);
          ends[((p - 1) * rollouts * batch + row) * length + t] = token as number;
        }
      }
      at += chunk + t * group;
    }
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
