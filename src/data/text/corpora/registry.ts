import { unknownName, usageError } from "../../../util/errors.ts";
import { brown } from "./brown.ts";
import type { Corpus } from "./corpus.ts";
import { quatrains } from "./quatrains.ts";
import { textFile } from "./text-file.ts";
import { wordnet } from "./wordnet.ts";

/** Every corpus and format, in the order in which they are listed. */
export const corpora: readonly Corpus[] = [brown, wordnet, quatrains, textFile];

/** The corpus of that name; throws a usage error, with a suggestion, when there is none. */
export function corpusOf(name: unknown): Corpus {
  if (typeof name !== "string") {
    throw usageError('text data must be an object with a name, such as { "name": "brown" }.');
  }
  const found = corpora.find((c) => c.name === name);
  if (found) return found;
  throw unknownName(
    "corpus",
    name,
    corpora.map((c) => c.name),
  );
}
