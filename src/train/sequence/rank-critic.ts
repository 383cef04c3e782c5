import { rankGraph, type SequenceRanker, standardGraph } from "../../adversarial/index.ts";
import type { Backend, Tensor } from "../../runtime/session.ts";
import { type Arrays, WeightedSession } from "../loop/weighted-session.ts";
import { timeMajor } from "./sequence-judge.ts";

export interface RankCriticShape {
  readonly length: number;
  /** Sequences ranked at a time. */
  readonly batch: number;
  readonly references: number;
  /** Sequences of the comparison set. */
  readonly comparison: number;
  readonly gamma: number;
}

/** Asks a ranker about sequences. */
export class RankCritic {
  readonly #standard: WeightedSession;
  readonly #ranks: WeightedSession;
  readonly #shape: RankCriticShape;
  /** What the sequences are held against. */
  #held: readonly (readonly [string, Tensor])[] = [];

  static async create(
    ranker: SequenceRanker,
    backend: Backend,
    shape: RankCriticShape,
  ): Promise<RankCritic> {
    const { length } = shape;
    const standard = await WeightedSession.compile(standardGraph(ranker, length, shape), backend);
    const ranks = await WeightedSession.compile(rankGraph(ranker, length, shape), backend);
    return new RankCritic(standard, ranks, shape);
  }

  private constructor(standard: WeightedSession, ranks: WeightedSession, shape: RankCriticShape) {
    this.#standard = standard;
    this.#ranks = ranks;
    this.#shape = shape;
  }

  /**
   * Takes the ranker's arrays by variable name, and what sequences are ranked by and against: references
   * [T,U] and a comparison set [T,C]. Throws a usage error where an array is missing.
   */
  async setStandard(
    arrays: Arrays,
    references: Tensor & { readonly data: Int32Array },
    comparison: Tensor & { readonly data: Int32Array },
  ): Promise<void> {
    this.#standard.setWeights(arrays);
    this.#ranks.setWeights(arrays);
    const inputs: readonly (readonly [string, Tensor])[] = [
      ["references", references],
      ["comparison", comparison],
    ];
    const { references: count } = this.#shape;
    const directions = await this.#standard.run(inputs, "directions");
    const crowd = await this.#standard.run(inputs, "crowd");
    this.#held = [
      ["directions", { dtype: "f32", dims: [count, directions.length / count], data: directions }],
      ["crowd", { dtype: "f32", dims: [1, count], data: crowd }],
    ];
  }

  /** Sequences [n,T] -> log R [n]. */
  async logRanks(sequences: Int32Array): Promise<Float32Array> {
    const { length, batch } = this.#shape;
    const n = sequences.length / length;
    const all = new Float32Array(n);
    for (let done = 0; done < n; done += batch) {
      const rows = Math.min(batch, n - done);
      const some = sequences.subarray(done * length, (done + rows) * length);
      const tokens: Tensor = {
        dtype: "i32",
        dims: [length, batch],
        data: timeMajor(some, length, batch),
      };
      const ranks = await this.#ranks.run([["tokens", tokens], ...this.#held], "logRanks");
      all.set((ranks as Float32Array).subarray(0, rows), done);
    }
    return all;
  }

  async release(): Promise<void> {
    await this.#standard.release();
    await this.#ranks.release();
  }
}
