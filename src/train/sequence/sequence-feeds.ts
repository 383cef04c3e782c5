import type { Tensor } from "../../runtime/session.ts";
import type { Random } from "../../util/random.ts";
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

/** What a sampler of sequences needs to know of its generator. */
export interface SampledSequences {
  /** Tokens of a sequence, T. */
  readonly length: number;
  readonly vocabulary: number;
  /** Numbers of z; undefined where it writes from no noise. */
  readonly noise?: number | undefined;
  /** Whether the sampler reads `topK` and `topP`. */
  readonly truncated: boolean;
  /** Whether it reads a prefix, also an empty one. */
  readonly prefixed?: boolean;
}

/** A part of the sequences that are drawn: rows `done` to `done + rows`. */
export interface SequenceChunk {
  readonly done: number;
  readonly rows: number;
  /** The sampler's inputs by name; the same map every time, filled anew. */
  readonly feeds: ReadonlyMap<string, Tensor>;
}

/**
 * What a sampler reads in order to write `n` sequences: a token takes one number of `random`, and noise
 * its own before them. So the same random numbers give the same texts wherever the sampler runs.
 */
export function* sequenceFeeds(
  { length, vocabulary, noise, truncated, prefixed = false }: SampledSequences,
  n: number,
  random: Random,
  options: DrawOptions = {},
): Generator<SequenceChunk> {
  const { temperature = 1, chunk = 100, begin = [] } = options;
  const feeds = new Map<string, Tensor>();
  feeds.set("temperature", { dtype: "f32", dims: [], data: Float32Array.of(temperature) });
  if (truncated) {
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
    if (prefixed || begin.length > 0) feedBeginning(feeds, begin, length, rows);
    yield { done, rows, feeds };
  }
}

/** Tokens [T,rows] as sequences [rows,T]. */
export function sequenceMajor(
  tokens: Int32Array,
  length: number,
  rows: number,
  into: Int32Array = new Int32Array(rows * length),
): Int32Array {
  for (let t = 0; t < length; t++) {
    for (let i = 0; i < rows; i++) into[i * length + t] = tokens[t * rows + i] as number;
  }
  return into;
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
