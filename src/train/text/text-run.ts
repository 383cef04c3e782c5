import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SamplerGraphOptions, SequenceGenerator } from "../../adversarial/index.ts";
import { corpusOf } from "../../data/text/corpora/registry.ts";
import { openText, type TextDataset, type TextSpec } from "../../data/text/text-dataset.ts";
import type { TextSplit } from "../../data/text/text-split.ts";
import {
  END,
  START,
  type Tokenizer,
  type TokenizerSpec,
  UNKNOWN,
} from "../../data/text/tokenizer.ts";
import { tokenizerFromJson } from "../../data/text/tokenizer-registry.ts";
import { sequenceGenerator } from "../../models/index.ts";
import { checkTextConfig, type TextRunConfig } from "../../recipes/text/index.ts";
import { chooseBackend } from "../../runtime/index.ts";
import type { Backend } from "../../runtime/session.ts";
import { GansmithError } from "../../util/errors.ts";
import type { JsonObject } from "../../util/json.ts";
import { ioError } from "../../util/node/files.ts";
import { Random } from "../../util/random.ts";
import type { Arrays } from "../loop/weighted-session.ts";
import { CheckpointStore, type LoadedCheckpoint } from "../run-folder/checkpoint.ts";
import { RunFolder } from "../run-folder/run-folder.ts";
import { keptWeights } from "../sequence/course.ts";
import { SequenceSampler } from "../sequence/sequence-sampler.ts";
import { checkDrawing, prefixTokens } from "./drawing.ts";

/** The file of a run folder that holds its tokenizer. */
export const tokenizerFile = "tokenizer.json";

/** What a checkpoint of text holds besides arrays. */
export interface SavedText {
  readonly course: JsonObject;
  readonly elapsedMs: number;
  /** Real texts shown. */
  readonly shown: number;
  /** Of what is kept; null before the first iteration has ended. */
  readonly nll: number | null;
  readonly fingerprint: string;
}

export interface TextSampleOptions {
  /** Default: the run's seed. */
  readonly seed?: number | undefined;
  /** By which the logits are divided: below 1 safer, above 1 wilder. */
  readonly temperature?: number | undefined;
  /** Draws among that many likeliest tokens; all by default. */
  readonly topK?: number | undefined;
  /** Draws among the fewest likeliest tokens whose probabilities make that share; 1 by default. */
  readonly topP?: number | undefined;
  /** What every text begins with. */
  readonly prefix?: string | undefined;
}

/** A run folder as a trained generator of text. */
export class TextRun {
  readonly path: string;
  readonly config: TextRunConfig;

  /** Whether a folder is a run of text. Throws a usage error when it is no run folder. */
  static is(path: string): boolean {
    return RunFolder.open(path).config.kind === "text";
  }

  /** Throws a usage error when `path` is no run folder of text. */
  constructor(path: string) {
    this.path = path;
    this.config = checkTextConfig(RunFolder.open(path).config);
  }

  /** The last good checkpoint. Throws a checkpoint error when there is none. */
  checkpoint(): LoadedCheckpoint {
    return new CheckpointStore(RunFolder.open(this.path).checkpointsPath).newest(this.path);
  }

  /** The generator's arrays by variable name, and the iterations that they took. */
  weights(): { readonly weights: Arrays; readonly step: number } {
    const { tensors, step } = this.checkpoint();
    const all = [...tensors].map(([name, t]) => [name, t.data as Float32Array] as const);
    return { weights: keptWeights(new Map(all)), step };
  }

  /** How long the last good checkpoint was trained for; steps are iterations, kimg thousands of texts. */
  trained(): {
    readonly step: number;
    readonly kimg: number;
    readonly seconds: number;
    /** Validation NLL of what is kept, nats a token; undefined before the first iteration has ended. */
    readonly nll: number | undefined;
  } {
    const { step, state } = this.checkpoint();
    const { shown, elapsedMs, nll } = state as unknown as SavedText;
    return { step, kimg: shown / 1000, seconds: elapsedMs / 1000, nll: nll ?? undefined };
  }

  tokenizer(): Tokenizer {
    const path = join(this.path, tokenizerFile);
    try {
      return tokenizerFromJson(JSON.parse(readFileSync(path, "utf8")));
    } catch (error) {
      if (error instanceof SyntaxError) throw new GansmithError("data", `${path} is damaged.`);
      throw error instanceof GansmithError ? error : ioError(`read ${path}`, error);
    }
  }

  openData(split: TextSplit): Promise<TextDataset> {
    return openTexts(this.config, split, this.tokenizer());
  }

  /** `n` texts as the corpus prints them. Throws a usage error for a prefix that does not fit. */
  async sample(n: number, options: TextSampleOptions = {}): Promise<string[]> {
    return printedTexts(this.config, this.tokenizer(), await this.draw(n, options));
  }

  /** `n` sequences, [n,T]. Throws a usage error for options that do not fit. */
  async draw(n: number, options: TextSampleOptions = {}): Promise<Int32Array> {
    const { seed = this.config.seed, prefix = "", ...drawing } = options;
    const { temperature = 1, topK, topP } = checkDrawing(drawing);
    const tokenizer = this.tokenizer();
    const begin = prefixTokens(tokenizer, prefix, this.config.length);
    const sampler = await textSampler(this.config, tokenizer, {
      prefixed: begin.length > 0,
      truncated: topK !== undefined || topP !== undefined,
    });
    try {
      sampler.setWeights(this.weights().weights);
      return await sampler.draw(n, new Random(seed, "samples"), {
        ...{ temperature, begin },
        ...(topK !== undefined && { topK }),
        ...(topP !== undefined && { topP }),
      });
    } finally {
      await sampler.release();
    }
  }
}

/** A split of a run's corpus. */
export function openTexts(
  { data, length, seed, fixedLength, tokenizer: asked }: TextRunConfig,
  split: TextSplit,
  known?: Tokenizer,
): Promise<TextDataset> {
  const tokenizer = known ?? (asked as TokenizerSpec | undefined);
  return openText(data as TextSpec, {
    ...{ split, length, seed, tooLong: fixedLength ? "leave-out" : "cut" },
    ...(tokenizer && { tokenizer }),
  });
}

/** The network of a run. */
export function textGenerator(
  { generator, length, fixedLength }: TextRunConfig,
  vocabulary: number,
): SequenceGenerator {
  const shape = { vocabulary, length, start: START, ...(!fixedLength && { end: END }) };
  return sequenceGenerator(generator, shape);
}

/** A sampler that writes no token without a text. */
export function textSampler(
  config: TextRunConfig,
  { vocabulary }: Tokenizer,
  how: Pick<SamplerGraphOptions, "prefixed" | "truncated"> = {},
): Promise<SequenceSampler> {
  const generator = textGenerator(config, vocabulary);
  const never = wordlessTokens(config);
  return SequenceSampler.create(generator, textBackend(config), { ...how, never });
}

/** Tokens that stand for no text. */
export function wordlessTokens({ fixedLength }: TextRunConfig): readonly number[] {
  return [START, UNKNOWN, ...(fixedLength ? [END] : [])];
}

export function textBackend({ backend, threads }: TextRunConfig): Backend {
  return chooseBackend(backend, threads === undefined ? {} : { threads });
}

/** Sequences [n,T] as people read them. */
export function printedTexts(
  { data, length }: TextRunConfig,
  tokenizer: Tokenizer,
  ids: Int32Array,
): string[] {
  const { name, limit: _, ...options } = data as TextSpec;
  const corpus = corpusOf(name);
  return Array.from({ length: ids.length / length }, (_, i) =>
    corpus.print(options, tokenizer.decode(ids.subarray(i * length, (i + 1) * length))),
  );
}

/** All sequences of a split, [n,T], at most `most` of them. */
export function allSequences(dataset: TextDataset, most = dataset.count): Int32Array {
  const n = Math.min(most, dataset.count);
  const all = new Int32Array(n * dataset.length);
  dataset.read(
    Uint32Array.from({ length: n }, (_, i) => i),
    all,
  );
  return all;
}
