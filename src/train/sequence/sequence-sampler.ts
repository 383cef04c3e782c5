import {
  type SamplerGraphOptions,
  type SequenceGenerator,
  sequenceSamplerGraph,
} from "../../adversarial/index.ts";
import type { Backend, Tensor } from "../../runtime/session.ts";
import type { Random } from "../../util/random.ts";
import { type Arrays, WeightedSession } from "../loop/weighted-session.ts";
import { noiseTensor } from "./noise-tensor.ts";

export interface DrawOptions {
  /** By which the logits are divided; 1 by default. */
  readonly temperature?: number;
  /** Draws among that many likeliest tokens; for a truncated sampler, all by default. */
  readonly topK?: number;
  /** Draws among the likeliest tokens whose probabilities make that share; 1 by default. */
  readonly topP?: number;
  /** Sequences drawn at a time; 100 by default. */
  readonly chunk?: number;
  /** The noise [n,Z] of a generator of noise; drawn by default. */
  readonly z?: Float32Array;
  /** What every sequence begins with; for a sampler made for it. */
  readonly begin?: readonly number[];
}

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
    const { temperature = 1, chunk = 100, begin = [] } = options;
    const { length, vocabulary, noise } = this.generator;
    const all = new Int32Array(n * length);
    const feeds = new Map<string, Tensor>();
    feeds.set("temperature", { dtype: "f32", dims: [], data: Float32Array.of(temperature) });
    if (this.#truncated) {
      const { topK = vocabulary, topP = 1 } = options;
      feeds.set("topK", { dtype: "i32", dims: [], data: Int32Array.of(topK) });
      feeds.set("topP", { dtype: "f32", dims: [], data: Float32Array.of(topP) });
    }
    for (let done = 0; done < n; done += chunk) {
      const rows = Math.min(chunk, n - done);
      if (noise !== undefined) {
        const z = options.z?.slice(done * noise, (done + rows) * noise);
        feeds.set("z", noiseTensor(noise, rows, random, z));
      }
      const data = new Float32Array(length * rows);
      random.fillUniform(data);
      feeds.set("uniform", { dtype: "f32", dims: [length, rows], data });
      if (begin.length > 0) feedBeginning(feeds, begin, length, rows);
      const tokens = await this.#session.run(feeds, "tokens");
      for (let t = 0; t < length; t++) {
        for (let i = 0; i < rows; i++) {
          all[(done + i) * length + t] = tokens[t * rows + i] as number;
        }
      }
    }
    return all;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function feedBeginning(
  feeds: Map<string, Tensor>,
  begin: readonly number[],
  length: number,
  rows: number,
): void {
  const dims = [length, rows];
  const prefix = Int32Array.from(
    { length: length * rows },
    (_, i) => begin[Math.floor(i / rows)] ?? 0,
  );
  const prefixed = Float32Array.from(prefix, (_, i) => Number(i < begin.length * rows));
  feeds.set("prefix", { dtype: "i32", dims, data: prefix });
  feeds.set("prefixed", { dtype: "f32", dims, data: prefixed });
}
