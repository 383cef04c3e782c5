import { criticGraph, type SequenceDiscriminator } from "../../adversarial/index.ts";
import type { Variable } from "../../nn/scope.ts";
import type { Backend, Session, Tensor } from "../../runtime/session.ts";
import { timeMajor } from "./sequence-judge.ts";
import { type Arrays, weightFeeds } from "./weight-feeds.ts";

/** Asks a discriminator about sequences. */
export class SequenceCritic {
  readonly #session: Session;
  readonly #variables: readonly Variable[];
  readonly #length: number;
  readonly #batch: number;
  #weights = new Map<string, Tensor>();

  static async create(
    discriminator: SequenceDiscriminator,
    backend: Backend,
    shape: { readonly length: number; readonly batch: number },
  ): Promise<SequenceCritic> {
    const { graph, variables } = criticGraph(discriminator, shape);
    return new SequenceCritic(await backend.compile(graph), variables, shape);
  }

  private constructor(
    session: Session,
    variables: readonly Variable[],
    { length, batch }: { readonly length: number; readonly batch: number },
  ) {
    this.#session = session;
    this.#variables = variables;
    this.#length = length;
    this.#batch = batch;
  }

  /** Takes the discriminator's arrays by variable name. Throws a usage error where one is missing. */
  setWeights(arrays: Arrays): void {
    this.#weights = weightFeeds(this.#variables, arrays);
  }

  /** Sequences [n,T] -> the probabilities [n] that they are real. */
  async probabilities(sequences: Int32Array): Promise<Float32Array> {
    const n = sequences.length / this.#length;
    const all = new Float32Array(n);
    for (let done = 0; done < n; done += this.#batch) {
      const rows = Math.min(this.#batch, n - done);
      const some = sequences.subarray(done * this.#length, (done + rows) * this.#length);
      const data = timeMajor(some, this.#length, this.#batch);
      const dims = [this.#length, this.#batch];
      const feeds = new Map(this.#weights).set("tokens", { dtype: "i32", dims, data });
      const { data: logits } = (await this.#session.run(feeds)).get("logits") as Tensor;
      for (let i = 0; i < rows; i++) all[done + i] = 1 / (1 + Math.exp(-(logits[i] as number)));
    }
    return all;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
