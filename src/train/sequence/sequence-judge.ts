import { likelihoodGraph, type SequenceGenerator } from "../../adversarial/index.ts";
import type { Backend } from "../../runtime/session.ts";
import { usageError } from "../../util/errors.ts";
import { Random } from "../../util/random.ts";
import { type Arrays, WeightedSession } from "../loop/weighted-session.ts";
import { noiseTensor } from "./noise-tensor.ts";

/** Sequences judged at a time: their logits stay in the cache. */
const defaultBatch = 50;

/** Says how likely a generator finds sequences. */
export class SequenceJudge {
  readonly generator: SequenceGenerator;
  readonly #batch: number;
  readonly #never: readonly number[];
  readonly #session: WeightedSession;

  static async create(
    generator: SequenceGenerator,
    backend: Backend,
    batch = defaultBatch,
    never: readonly number[] = [],
  ): Promise<SequenceJudge> {
    const network = likelihoodGraph(generator, batch, never);
    const session = await WeightedSession.compile(network, backend);
    return new SequenceJudge(generator, batch, never, session);
  }

  private constructor(
    generator: SequenceGenerator,
    batch: number,
    never: readonly number[],
    session: WeightedSession,
  ) {
    this.generator = generator;
    this.#batch = batch;
    this.#never = never;
    this.#session = session;
  }

  /** Takes the generator's arrays by variable name. Throws a usage error where one is missing. */
  setWeights(arrays: Arrays): void {
    this.#session.setWeights(arrays);
  }

  /**
   * Mean of -log p(token | tokens before it) over sequences [n,T], nats a token; what follows a
   * sequence's first end does not count. With noise, p(token | tokens before it, z) for one z a sequence,
   * the same ones at every call. Tokens of `never` are read and not counted, and the others are judged as if
   * these could not be. Throws a usage error unless there are whole sequences.
   */
  async nll(sequences: Int32Array, temperature = 1): Promise<number> {
    const { length, end } = this.generator;
    const n = sequences.length / length;
    if (!(Number.isInteger(n) && n > 0)) {
      throw usageError(
        `sequences of ${length} tokens are wanted, received ${sequences.length} tokens.`,
      );
    }
    // The same noise every time, so that weights are compared and not draws.
    const random = new Random(0, "judge");
    let sum = 0;
    let tokens = 0;
    for (let done = 0; done < n; done += this.#batch) {
      const rows = Math.min(this.#batch, n - done);
      const some = sequences.subarray(done * length, (done + rows) * length);
      const likely = await this.#judge(some, temperature, random);
      for (let i = 0; i < rows; i++) {
        for (let t = 0; t < length; t++) {
          const token = sequences[(done + i) * length + t] as number;
          if (!this.#never.includes(token)) {
            sum -= likely[t * this.#batch + i] as number;
            tokens++;
          }
          if (token === end) break;
        }
      }
    }
    return sum / tokens;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  /** Up to a batch of sequences [n,T] -> their log-probabilities [T,batch]. */
  async #judge(sequences: Int32Array, temperature: number, random: Random): Promise<Float32Array> {
    const { length, noise } = this.generator;
    const z = noise === undefined ? [] : [noiseTensor(noise, this.#batch, random)];
    const data = timeMajor(sequences, length, this.#batch);
    const dims = [length, this.#batch];
    const likely = await this.#session.run(
      [
        ["tokens", { dtype: "i32", dims, data }],
        ["temperature", { dtype: "f32", dims: [], data: Float32Array.of(temperature) }],
        ...z.map((tensor) => ["z", tensor] as const),
      ],
      "logProbabilities",
    );
    return likely as Float32Array;
  }
}

/** Sequences [n,T] as [T,batch]; columns beyond n are token 0. */
export function timeMajor(
  sequences: Int32Array,
  length: number,
  batch: number,
  into: Int32Array = new Int32Array(length * batch),
): Int32Array {
  const n = sequences.length / length;
  for (let i = 0; i < n; i++) {
    for (let t = 0; t < length; t++) into[t * batch + i] = sequences[i * length + t] as number;
  }
  return into;
}
