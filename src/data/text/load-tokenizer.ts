import { GansmithError } from "../../util/errors.ts";
import type { JsonObject } from "../../util/json.ts";
import { readText } from "./read-text.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { tokenizerFromJson } from "./tokenizer-registry.ts";

/**
 * Reads a tokenizer from disk: one of ours (its `json`), or a Hugging Face `tokenizer.json`.
 * Nothing is downloaded. Throws `GansmithError`: "data" or "usage" for a file that is neither.
 */
export async function loadTokenizer(path: string): Promise<Tokenizer> {
  const { text } = await readText(path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new GansmithError("data", `${path} is not JSON, expected a tokenizer.json.`);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new GansmithError("data", `${path} is not a JSON object, expected a tokenizer.json.`);
  }
  if ("kind" in json) return tokenizerFromJson(json);
  if (!("model" in json)) {
    throw new GansmithError(
      "data",
      `${path} has neither "model" (Hugging Face) nor "kind" (gansmith), expected a tokenizer.json.`,
    );
  }
  return tokenizerFromJson({ kind: "hugging-face", tokenizer: json as JsonObject });
}
