import { createHash } from "node:crypto";
import { join } from "node:path";
import { type SequenceGenerator, sequenceFeaturesGraph } from "../../adversarial/index.ts";
import { cacheFolder } from "../../data/index.ts";
import { readCacheEntry, writeCacheEntry } from "../../metrics/cache-entry.ts";
import type { LanguageModel, Text } from "../../metrics/text/index.ts";
import { lstmGenerator } from "../../models/index.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../../onnx/safetensors.ts";
import type { Backend } from "../../runtime/session.ts";
import { usageError } from "../../util/errors.ts";
import { type Arrays, WeightedSession } from "../loop/weighted-session.ts";
import { teach } from "../sequence/course.ts";
import { SequenceJudge, timeMajor } from "../sequence/sequence-judge.ts";

/**
 * How every language model that judges is made: SeqGAN's LSTM, wider and with dropout, learns nine tenths
 * of its texts in at most 12 passes and keeps what does best on the last tenth.
 */
export const languageRecipe = {
  generator: { embedding: 64, hidden: 96, deviation: 0.1, dropout: 0.5 },
  stage: {
    method: { name: "likelihood", batch: 32, learningRate: 4e-3, leastSteps: 30 },
    ...{ iterations: 12, patience: 2 },
  },
  heldBack: 10,
} as const;

/** What the texts are written in. */
export interface LanguageShape {
  readonly vocabulary: number;
  /** Tokens of a sequence. */
  readonly length: number;
  readonly start: number;
  /** What a shorter text ends in; undefined where none is shorter. */
  readonly end?: number;
  /** Tokens that stand for no text: read, but never foretold. */
  readonly never: readonly number[];
}

export interface LanguageOptions {
  readonly seed: number;
  readonly backend: Backend;
  /** Whether the weights are kept in the user's cache, for texts that will be learned again. */
  readonly kept: boolean;
  readonly cacheDir?: string | undefined;
  readonly onProgress?: ((pass: number, passes: number) => void) | undefined;
}

/** Learns a language model of texts, or reads the same one from the cache. */
export async function learnLanguage(
  texts: readonly Text[],
  shape: LanguageShape,
  { seed, backend, kept, cacheDir, onProgress }: LanguageOptions,
): Promise<SequenceLanguageModel> {
  const { generator: network, stage, heldBack } = languageRecipe;
  const generator = lstmGenerator(network, shape);
  const back = Math.ceil(texts.length / heldBack);
  if (back >= texts.length) {
    throw usageError(`a language model needs at least 2 texts to learn, received ${texts.length}.`);
  }
  const validation = sequencesOf(texts.slice(0, back), shape);
  const train = sequencesOf(texts.slice(back), shape);
  const folder = join(cacheFolder({ cacheDir }), "language-models");
  const learned = [contentOf(validation), contentOf(train)];
  const key = ["language", languageRecipe, shape, learned, seed, backend.name];
  const known = kept ? readCacheEntry(folder, key, "safetensors") : undefined;
  let weights: Arrays;
  if (known) {
    const { tensors } = decodeSafetensors(known);
    weights = new Map([...tensors].map(([name, t]) => [name, t.data as Float32Array]));
  } else {
    const onIteration = ({ iteration }: { readonly iteration: number }) =>
      onProgress?.(iteration, stage.iterations);
    onProgress?.(0, stage.iterations);
    // A small set has less than a batch in it.
    const batch = Math.min(stage.method.batch, train.length / shape.length);
    const stages = [{ ...stage, method: { ...stage.method, batch } }];
    const inputs = { generator, train, validation, seed, backend, onIteration };
    weights = (await teach(inputs, stages)).weights;
    if (kept) {
      const tensors = [...weights].map(([name, data]): [string, NamedTensor] => {
        return [name, { dtype: "F32", shape: [data.length], data: new Float32Array(data) }];
      });
      writeCacheEntry(folder, key, "safetensors", encodeSafetensors(new Map(tensors)));
    }
  }
  return SequenceLanguageModel.open(generator, shape, weights, backend);
}

/** A generator of sequences asked what it thinks of texts. */
export class SequenceLanguageModel implements LanguageModel<Text> {
  readonly width = languageRecipe.generator.hidden;
  readonly #shape: LanguageShape;
  readonly #judge: SequenceJudge;
  readonly #features: WeightedSession;

  static async open(
    generator: SequenceGenerator,
    shape: LanguageShape,
    weights: Arrays,
    backend: Backend,
  ): Promise<SequenceLanguageModel> {
    const judge = await SequenceJudge.create(generator, backend, batch, shape.never);
    judge.setWeights(weights);
    const features = await WeightedSession.compile(
      sequenceFeaturesGraph(generator, batch),
      backend,
    );
    features.setWeights(weights);
    return new SequenceLanguageModel(shape, judge, features);
  }

  private constructor(shape: LanguageShape, judge: SequenceJudge, features: WeightedSession) {
    this.#shape = shape;
    this.#judge = judge;
    this.#features = features;
  }

  nll(texts: readonly Text[]): Promise<number> {
    return this.#judge.nll(sequencesOf(texts, this.#shape));
  }

  async features(texts: readonly Text[]): Promise<Float32Array> {
    const { length } = this.#shape;
    const { width } = this;
    const all = new Float32Array(texts.length * width);
    for (let done = 0; done < texts.length; done += batch) {
      const some = texts.slice(done, done + batch);
      const shares = new Float32Array(length * batch);
      for (const [i, text] of some.entries()) {
        // The end is foretold, too.
        const counted = Math.min(length, text.length + 1);
        for (let t = 0; t < counted; t++) shares[t * batch + i] = 1 / counted;
      }
      const dims = [length, batch];
      const data = timeMajor(sequencesOf(some, this.#shape), length, batch);
      const found = await this.#features.run(
        [
          ["tokens", { dtype: "i32", dims, data }],
          ["shares", { dtype: "f32", dims, data: shares }],
        ],
        "features",
      );
      all.set((found as Float32Array).subarray(0, some.length * width), done * width);
    }
    return all;
  }

  async release(): Promise<void> {
    await this.#judge.release();
    await this.#features.release();
  }
}

const batch = 50;

/** Texts as sequences [n,T], each with ends to the last place. */
function sequencesOf(texts: readonly Text[], { length, end = 0 }: LanguageShape): Int32Array {
  const all = new Int32Array(texts.length * length).fill(end);
  for (const [i, text] of texts.entries()) all.set(text, i * length);
  return all;
}

function contentOf(sequences: Int32Array): string {
  return createHash("sha256").update(sequences).digest("hex");
}
