import { join } from "node:path";
import { z } from "zod";
import { GansmithError } from "../../../util/errors.ts";
import { optionalPackage } from "../../optional-package.ts";
import { cleanDocument, readText } from "../read-text.ts";
import { corpus } from "./corpus.ts";
import { packageFiles } from "./package-files.ts";

/**
 * Chinese quatrains of Tang and Song: four lines of 5 or 7 characters. A poem's text is its 20 or
 * 28 characters and nothing else, so every poem of a line length has the same length; `print` sets it in
 * four lines. With `punctuation` each line ends in its sign, so that where lines end is there to be learned.
 */
export const quatrains = corpus({
  name: "quatrains",
  summary: "Chinese quatrains, 4 lines of 5 or 7 characters (npm chinese-poetry)",
  schema: z.strictObject({
    characters: z.union([z.literal(5), z.literal(7), z.literal("both")]).default(5),
    punctuation: z.boolean().default(false),
  }),
  tokenizer: { kind: "character" },
  async read({ characters, punctuation }) {
    const name = "chinese-poetry";
    const root = join(optionalPackage(name, 'corpus "quatrains"'), "dist", "quantangshi");
    const texts: string[] = [];
    const hashes: string[] = [];
    const widths = characters === "both" ? [5, 7] : [characters];
    const forms = widths.map((n) => new RegExp(`^\\p{Script=Han}{${n}}$`, "u"));
    for (const path of packageFiles(root, /^poet\.(song|tang)\.\d+\.json$/, "poems")) {
      const { text, hash } = await readText(path);
      hashes.push(hash);
      for (const poem of poemsOf(text, path)) {
        const lines = poem.paragraphs
          .join("")
          .split(/[\p{P}\s]+/u)
          .filter((l) => l !== "");
        if (lines.length !== 4) continue;
        if (!forms.some((form) => lines.every((l) => form.test(l)))) continue;
        // NFC may join compatibility characters, never part or drop one: the length stays.
        const ended = lines.map((l, i) => (punctuation ? l + signs[i] : l));
        texts.push(cleanDocument(ended.join(""), path));
      }
    }
    return { texts, hashes, where: root };
  },
  print: ({ punctuation }, text) =>
    punctuation ? text.replace(/(?<=[，。])(?!$)/gu, "\n") : quatrainLines(text),
});

/** What the lines of Chinese verse end in. */
const signs = ["，", "。", "，", "。"];

const poems = z.array(z.looseObject({ paragraphs: z.array(z.string()) }));

function poemsOf(text: string, path: string): z.output<typeof poems> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new GansmithError("data", `${path} is not JSON; install chinese-poetry again.`);
  }
  const parsed = poems.safeParse(json);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join(".") ?? "";
  throw new GansmithError(
    "data",
    `${path}: ${where || "the whole"} is no poem, expected a list of { "paragraphs": [text] }.`,
  );
}

/** A poem's characters in four lines, with the comma and full stop that Chinese verse carries. */
export function quatrainLines(text: string): string {
  const all = [...text];
  const width = Math.max(1, Math.ceil(all.length / 4));
  const lines: string[] = [];
  for (let i = 0; i * width < all.length; i++) {
    lines.push(all.slice(i * width, (i + 1) * width).join("") + signs[i]);
  }
  return lines.join("\n");
}
