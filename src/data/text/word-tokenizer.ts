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
import { joinWords, splitWords } from "./words.ts";

/** One id for each word, as `splitWords` parts them; spacing is not kept. */
export const wordTokenizer = tokenizerKind({
  kind: "word",
  summary: "one id for each word and punctuation sign",
  schema: z.strictObject({
    lowerCase: z.boolean().default(true),
    /** Words that occur less often become unknown. */
    minimumCount: z.int().min(1).default(2),
    /** With start, end and unknown; the rarest words become unknown. */
    maximumVocabulary: z.int().min(4).max(1_000_000).default(10_000),
  }),
  jsonSchema: z.strictObject({ lowerCase: z.boolean(), words: z.array(z.string().min(1)) }),
  train({ lowerCase, minimumCount, maximumVocabulary }, texts) {
    const counts = new Map<string, number>();
    for (const text of texts) {
      for (const w of wordsOf(text, lowerCase)) counts.set(w, (counts.get(w) ?? 0) + 1);
    }
    return make(lowerCase, mostFrequent(counts, minimumCount, maximumVocabulary - FIRST));
  },
  fromJson: ({ lowerCase, words }) => make(lowerCase, words),
});

// Lower-casing can part a letter from its mark, so normalisation comes after it.
const wordsOf = (text: string, lowerCase: boolean): string[] =>
  splitWords((lowerCase ? text.toLowerCase() : text).normalize("NFC"));

function make(lowerCase: boolean, words: readonly string[]): Tokenizer {
  const ids = idsOf("word", words);
  const vocabulary = FIRST + words.length;
  return {
    name: "word",
    vocabulary,
    encode: (text) => wordsOf(text, lowerCase).map((w) => ids.get(w) ?? UNKNOWN),
    decode: (given) =>
      joinWords(
        contentIds("word", vocabulary, given).map((id) => words[id - FIRST] ?? UNKNOWN_TEXT),
      ),
    json: { kind: "word", lowerCase, words },
  };
}
