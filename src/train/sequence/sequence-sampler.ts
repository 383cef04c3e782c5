import {
  type SamplerGraphOptions,
  type SequenceGenerator,
  sequenceSamplerGraph,
} from "../../adversarial/index.ts";
import type { Backend } from "../../runtime/session.ts";
import type { Random } from "../../util/random.ts";
import { type Arrays, WeightedSession } from "../loop/weighted-session.ts";
import { type DrawOptions, sequenceFeeds, sequenceMajor } from "./sequence-feeds.ts";

/** Draws sequences from a generator. */
export class SequenceSampler {
  readonly generator: SequenceGenerator;
  readonly #session: WeightedSession;
  readonly #truncated: boolean;

  static async create(
    generator: SequenceGenerator,
    backend: Backend,
    options: SamplerGraphOptions = {},
  ): Promise<SequenceSampler> {
    const network = sequenceSamplerGraph(generator, options);
    const session = await WeightedSession.compile(network, backend);
    return new SequenceSampler(generator, session, options);
  }

  private constructor(
    generator: SequenceGenerator,
    session: WeightedSession,
    { truncated = false }: SamplerGraphOptions,
  ) {
    this.#truncated = truncated;
    this.generator = generator;
    this.#session = session;
  }

  /** Takes the generator's arrays by variable name. Throws a usage error where one is missing. */
  setWeights(arrays: Arrays): void {
    this.#session.setWeights(arrays);
  }

  /** `n` sequences, [n,T]; a token takes one number of `random`, and noise its own before them. */
  async draw(n: number, random: Random, options: DrawOptions = {}): Promise<Int32Array> {
    const { length } = this.generator;
    const all = new Int32Array(n * length);
    const shape = { ...this.generator, truncated: this.#truncated };
    for (const { feeds, done, rows } of sequenceFeeds(shape, n, random, options)) {
      const tokens = (await this.#session.run(feeds, "tokens")) as Int32Array;
      sequenceMajor(tokens, length, rows, all.subarray(done * length));
    }
    return all;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
