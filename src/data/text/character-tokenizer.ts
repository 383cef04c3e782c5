import { z } from "zod";
import type { Tokenizer } from "./tokenizer.ts";
import {
  contentIds,
  FIRST,
  idsOf,
  mostFrequent,
  tokenizerKind,
  UNKNOWN,
  UNKNOWN_TEXT,
} from "./tokenizer.ts";

/** One id for each code point: for Chinese, names, and anything short. */
export const characterTokenizer = tokenizerKind({
  kind: "character",
  summary: "one id for each code point",
  schema: z.strictObject({
    /** Characters that occur less often become unknown. */
    minimumCount: z.int().min(1).default(1),
    /** With start, end and unknown; the rarest characters become unknown. */
    maximumVocabulary: z.int().min(4).max(1_114_112).default(20_000),
  }),
  jsonSchema: z.strictObject({ characters: z.array(z.string().min(1).max(2)) }),
  train({ minimumCount, maximumVocabulary }, texts) {
    const counts = new Map<string, number>();
    for (const text of texts) for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
    return make(mostFrequent(counts, minimumCount, maximumVocabulary - FIRST));
  },
  fromJson: ({ characters }) => make(characters),
});

function make(characters: readonly string[]): Tokenizer {
  const ids = idsOf("character", characters);
  const vocabulary = FIRST + characters.length;
  return {
    name: "character",
    vocabulary,
    encode: (text) => Array.from(text, (c) => ids.get(c) ?? UNKNOWN),
    decode: (given) =>
      contentIds("character", vocabulary, given)
        .map((id) => characters[id - FIRST] ?? UNKNOWN_TEXT)
        .join(""),
    json: { kind: "character", characters },
  };
}
