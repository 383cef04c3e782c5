import { criticGraph, type SequenceDiscriminator } from "../../adversarial/index.ts";
import type { Backend } from "../../runtime/session.ts";
import { type Arrays, WeightedSession } from "../loop/weighted-session.ts";
import { timeMajor } from "./sequence-judge.ts";

/** Asks a discriminator about sequences. */
export class SequenceCritic {
  readonly #session: WeightedSession;
  readonly #length: number;
  readonly #batch: number;
  readonly #judgements: number;

  static async create(
    discriminator: SequenceDiscriminator,
    backend: Backend,
    shape: { readonly length: number; readonly batch: number },
  ): Promise<SequenceCritic> {
    const network = criticGraph(discriminator, shape);
    const session = await WeightedSession.compile(network, backend);
    return new SequenceCritic(session, shape, network.judgements);
  }

  private constructor(
    session: WeightedSession,
    { length, batch }: { readonly length: number; readonly batch: number },
    judgements: number,
  ) {
    this.#session = session;
    this.#judgements = judgements;
    this.#length = length;
    this.#batch = batch;
  }

  /** Takes the discriminator's arrays by variable name. Throws a usage error where one is missing. */
  setWeights(arrays: Arrays): void {
    this.#session.setWeights(arrays);
  }

  /** Sequences [n,T] -> the probabilities [n,S] that they are real, for S judgements of each. */
  async probabilities(sequences: Int32Array): Promise<Float32Array> {
    return probabilitiesOf(await this.logits(sequences));
  }

  /** Sequences [n,T] -> logits [n,S], positive for real. */
  async logits(sequences: Int32Array): Promise<Float32Array> {
    const n = sequences.length / this.#length;
    const all = new Float32Array(n * this.#judgements);
    for (let done = 0; done < n; done += this.#batch) {
      const rows = Math.min(this.#batch, n - done);
      const some = sequences.subarray(done * this.#length, (done + rows) * this.#length);
      const data = timeMajor(some, this.#length, this.#batch);
      const dims = [this.#length, this.#batch];
      const logits = await this.#session.run([["tokens", { dtype: "i32", dims, data }]], "logits");
      for (let i = 0; i < rows; i++) {
        for (let s = 0; s < this.#judgements; s++) {
          all[(done + i) * this.#judgements + s] = logits[s * this.#batch + i] as number;
        }
      }
    }
    return all;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

/** Of logits, for real. */
export function probabilitiesOf(logits: Float32Array): Float32Array {
  return logits.map((x) => 1 / (1 + Math.exp(-x)));
}
