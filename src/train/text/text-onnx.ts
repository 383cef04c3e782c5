import { encodeModelChunks } from "../../onnx/model.ts";
import { writeFileAtomic } from "../../util/node/files.ts";
import { textModel } from "./text-model.ts";
import { type TextRun, textGenerator, wordlessTokens } from "./text-run.ts";

/** What an exported generator of text is like. */
export interface ExportedText {
  readonly file: string;
  readonly bytes: number;
  /** Tokens of a text, T. */
  readonly length: number;
  readonly vocabulary: number;
  /** Numbers of z; undefined where it writes from no noise. */
  readonly noise?: number;
  readonly step: number;
}

export interface ExportTextOptions {
  /** Adds inputs `topK` and `topP`; each text costs about a fourth more, whatever they say. */
  readonly truncated?: boolean | undefined;
}

/**
 * Writes the sampler as one ONNX file for any number N of texts. Inputs: `uniform` [T,N] in [0, 1), a
 * number a token; `temperature` []; `prefix` i32 [T,N], and `prefixed` [T,N], 1 where the prefix's token
 * stands and 0 where it is drawn; of a generator of noise, `z` [N,Z] from N(0,1); with `truncated`, `topK`
 * i32 [] (the vocabulary for all) and `topP` [] (1 for all). Output `tokens` i32 [T,N]. The tokenizer is
 * in its metadata.
 */
export function exportText(
  run: TextRun,
  out: string,
  { truncated = false }: ExportTextOptions = {},
): ExportedText {
  const tokenizer = run.tokenizer();
  const { config } = run;
  const { weights, step } = run.weights();
  const { vocabulary } = tokenizer;
  const generator = textGenerator(config, vocabulary);
  const never = wordlessTokens(config);
  const { data, length, seed, recipe } = config;
  const { noise } = generator;
  const about = { recipe, data: data.name, seed: String(seed), step: String(step) };
  const writing = { generator, weights, tokenizer, never };
  const model = textModel(writing, { truncated, metadata: about });
  const { parts, length: bytes } = encodeModelChunks(model);
  writeFileAtomic(out, parts);
  return { file: out, bytes, length, vocabulary, ...(noise !== undefined && { noise }), step };
}
