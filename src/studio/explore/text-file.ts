import type { Tokenizer } from "../../data/text/tokenizer.ts";
import { tokenizerFromJson } from "../../data/text/tokenizer-registry.ts";
import { decodeModel } from "../../onnx/model.ts";
import type { SampledSequences } from "../../train/sequence/sequence-feeds.ts";
import { GansmithError } from "../../util/errors.ts";
import { noGenerator, portOf } from "./image-file.ts";

/** A generator of text, as its ONNX file describes it. */
export interface TextFile {
  readonly shape: SampledSequences;
  readonly tokenizer: Tokenizer;
  readonly about: Readonly<Record<string, string>>;
}

/**
 * Reads what an exported generator of text says of itself; see `exportText`. `tokenizerText`, the text of
 * a `tokenizer.json`, takes the place of the file's own tokenizer. Throws a data or usage error for any
 * other file.
 */
export function readTextFile(bytes: Uint8Array, tokenizerText?: string): TextFile {
  const model = decodeModel(bytes);
  const { tokenizer: own, ...about } = model.metadata ?? {};
  const length = portOf(model, "inputs", "uniform")?.shape[0];
  const noise = portOf(model, "inputs", "z")?.shape[1];
  if (typeof length !== "number" || !portOf(model, "outputs", "tokens")) {
    throw new GansmithError("data", noGenerator(model, "text", "uniform [T,N]", "tokens [T,N]"));
  }
  const json = tokenizerText ?? own;
  if (json === undefined) {
    throw new GansmithError(
      "data",
      "the file holds no tokenizer: give the run's tokenizer.json with it.",
    );
  }
  const tokenizer = tokenizerFromJson(parsed(json));
  const shape = {
    ...{ length, vocabulary: tokenizer.vocabulary },
    ...(typeof noise === "number" && { noise }),
    truncated: portOf(model, "inputs", "topK") !== undefined,
    prefixed: portOf(model, "inputs", "prefixed") !== undefined,
  };
  return { shape, tokenizer, about };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GansmithError("data", "the tokenizer is damaged: it is not JSON.");
  }
}
