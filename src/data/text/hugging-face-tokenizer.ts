import { Tokenizer as HuggingFace } from "@huggingface/tokenizers";
import { z } from "zod";
import { GansmithError, usageError } from "../../util/errors.ts";
import type { JsonObject } from "../../util/json.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { contentIds, FIRST, tokenizerKind, UNKNOWN } from "./tokenizer.ts";

/**
 * A tokenizer that others have trained, from its `tokenizer.json`.
 * Differs: its ids are moved up by 3, to leave 0, 1 and 2 to start, end and unknown; the start and
 * end signs of its own template are not added.
 */
export const huggingFaceTokenizer = tokenizerKind({
  kind: "hugging-face",
  summary: "a trained tokenizer.json (read with loadTokenizer)",
  schema: z.strictObject({}),
  jsonSchema: z.strictObject({ tokenizer: z.looseObject({ model: z.looseObject({}) }) }),
  train() {
    throw usageError('tokenizer "hugging-face" is not trained here: read one with loadTokenizer.');
  },
  fromJson: ({ tokenizer }) => make(tokenizer as JsonObject),
});

function make(json: JsonObject): Tokenizer {
  let inside: HuggingFace;
  let vocabulary = FIRST;
  try {
    inside = new HuggingFace(json, {});
    for (const id of inside.get_vocab().values()) vocabulary = Math.max(vocabulary, FIRST + id + 1);
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new GansmithError("data", `tokenizer json "hugging-face" cannot be used: ${why}.`, {
      cause: error,
    });
  }
  if (!Number.isSafeInteger(vocabulary) || vocabulary === FIRST) {
    throw new GansmithError("data", 'tokenizer json "hugging-face" has no vocabulary.');
  }
  return {
    name: "hugging-face",
    vocabulary,
    encode: (text) =>
      text === ""
        ? []
        : inside.encode(text, { add_special_tokens: false }).ids.map((i: number) => i + FIRST),
    decode(ids) {
      const content = contentIds("hugging-face", vocabulary, ids).filter((id) => id !== UNKNOWN);
      if (content.length === 0) return "";
      return inside.decode(
        content.map((id) => id - FIRST),
        { skip_special_tokens: true },
      );
    },
    json: { kind: "hugging-face", tokenizer: json },
  };
}
