import { createHash } from "node:crypto";
import { z } from "zod";
import { GansmithError, usageError } from "../../util/errors.ts";
import type { JsonValue } from "../../util/json.ts";
import { checkJson } from "../../util/json.ts";
import { parseWith } from "../../util/parse-with.ts";
import { Random } from "../../util/random.ts";
import { absolutePaths } from "../absolute-paths.ts";
import { limitSchema } from "../limited.ts";
import { corpusOf } from "./corpora/registry.ts";
import type { TextSplit } from "./text-split.ts";
import { splitOf } from "./text-split.ts";
import type { Tokenizer, TokenizerSpec } from "./tokenizer.ts";
import { END } from "./tokenizer.ts";
import { checkTokenizerSpec, trainTokenizer } from "./tokenizer-registry.ts";

/** Which corpus, with its options: plain JSON, such as `{ name: "quatrains", characters: 7 }`. */
export interface TextSpec {
  readonly name: string;
  /** Only so many training documents; the other splits and the tokenizer stay the same. */
  readonly limit?: number;
  readonly [option: string]: JsonValue;
}

/** How the texts are wanted. */
export interface TextRequest {
  readonly split: TextSplit;
  /** Made already (a run's own), or what to learn from the train split; each corpus has a default. */
  readonly tokenizer?: Tokenizer | TokenizerSpec;
  /** Ids per document. */
  readonly length: number;
  /** Decides the order in which documents are numbered, never which split they are in. */
  readonly seed: number;
  /** What happens to a document with more than `length` ids; "cut" unless given. */
  readonly tooLong?: "cut" | "leave-out";
}

/** Documents of one split as ids. */
export interface TextDataset {
  readonly name: string;
  readonly tokenizer: Tokenizer;
  readonly length: number;
  /** Documents in this split. */
  readonly count: number;
  readonly split: TextSplit;
  /** sha256 of the files read, the tokenizer and the documents in their order; not of any path. */
  readonly fingerprint: string;
  /** Documents of all splits, how many doubles were dropped, and of this split what was too long. */
  readonly tally: {
    readonly documents: number;
    readonly duplicates: number;
    readonly cut: number;
    readonly leftOut: number;
  };
  /**
   * indices: [n] -> out: [n, length] ids; after the text comes end (1) to the last place. A text of
   * exactly `length` ids has no end. Throws a usage error on an index or size that does not fit.
   */
  read(indices: Uint32Array, out: Int32Array): void;
  /** The whole document, also where its ids were cut. */
  textOf(index: number): string;
  /** A text as people read it: a quatrain in four lines, others as they are. */
  print(text: string): string;
}

/** A spec whose paths hold from any folder; throws a usage error for an unknown name. */
export function absoluteText(spec: TextSpec): TextSpec {
  return absolutePaths(spec, corpusOf(spec?.name).paths);
}

const requestSchema = z.strictObject({
  split: z.enum(["train", "validation", "test"]),
  tokenizer: z.looseObject({}).optional(),
  length: z.int().min(1).max(65_536),
  seed: z.int().min(0),
  tooLong: z.enum(["cut", "leave-out"]).default("cut"),
});

/**
 * Opens a corpus. Throws `GansmithError`: "usage" for a wrong spec or request, "data" for texts
 * that cannot be used, "io" when the disk refuses.
 */
export async function openText(spec: TextSpec, request: TextRequest): Promise<TextDataset> {
  const corpus = corpusOf((spec as TextSpec | undefined)?.name);
  checkJson(spec, "text data");
  const { name, limit, ...given } = spec;
  const options = parseWith(corpus.schema, given, `corpus "${name}"`, "data");
  parseWith(z.object({ limit: limitSchema }), { limit }, `corpus "${name}"`, "data");
  const wanted = parseWith(requestSchema, request ?? {}, "a text request", "request");
  const { split, length, seed, tooLong } = wanted;
  const asked = request.tokenizer ?? corpus.tokenizer;
  if (!isTokenizer(asked)) checkTokenizerSpec(asked);

  const read = await corpus.read(options);
  const unique = [...new Set(read.texts.filter((t) => t !== ""))];
  const nonEmpty = read.texts.filter((t) => t !== "").length;
  if (unique.length === 0) {
    throw new GansmithError("data", `corpus "${name}": ${read.where} has no text in it.`);
  }
  const splits = unique.map(splitOf);
  const of = (s: TextSplit): string[] => unique.filter((_, i) => splits[i] === s);
  const tokenizer = isTokenizer(asked) ? asked : trainTokenizer(asked, of("train"));

  const texts = of(split);
  shuffle(texts, seed);
  const kept: string[] = [];
  const encoded: number[][] = [];
  const most = split === "train" && limit !== undefined ? limit : texts.length;
  let cut = 0;
  let leftOut = 0;
  for (const text of texts) {
    if (kept.length >= most) break;
    const ids = tokenizer.encode(text);
    if (ids.length > length) {
      if (tooLong === "leave-out") {
        leftOut++;
        continue;
      }
      cut++;
    }
    kept.push(text);
    encoded.push(ids.slice(0, length));
  }
  if (kept.length === 0) {
    const why = leftOut > 0 ? `, ${leftOut} longer than ${length} ids were left out` : "";
    throw new GansmithError(
      "data",
      `corpus "${name}": ${read.where} has no ${split} documents (${unique.length} in all${why}). ` +
        "Each document's split is drawn by a hash of its text: add documents, or allow longer ones.",
    );
  }
  const { starts, ids } = pack(encoded);
  const hash = createHash("sha256");
  const about = [name, split, length, seed, tooLong, tokenizer.json, read.hashes];
  hash.update(JSON.stringify(about));
  for (const text of kept) hash.update(`\n${JSON.stringify(text)}`);

  const at = (index: number): number => {
    if (Number.isInteger(index) && index >= 0 && index < kept.length) return index;
    throw usageError(`corpus "${name}": document ${index} of ${kept.length} does not exist.`);
  };
  return {
    name,
    tokenizer,
    length,
    count: kept.length,
    split,
    fingerprint: hash.digest("hex"),
    tally: { documents: unique.length, duplicates: nonEmpty - unique.length, cut, leftOut },
    read(indices, out) {
      if (out.length !== indices.length * length) {
        throw usageError(
          `corpus "${name}": out has ${out.length} places, expected ${indices.length} x ${length}.`,
        );
      }
      out.fill(END);
      for (const [n, index] of indices.entries()) {
        const i = at(index);
        out.set(ids.subarray(starts[i], starts[i + 1]), n * length);
      }
    },
    textOf: (index) => kept[at(index)] as string,
    print: (text) => corpus.print(options, text),
  };
}

const isTokenizer = (value: Tokenizer | TokenizerSpec): value is Tokenizer =>
  typeof value.encode === "function";

/** Fisher and Yates, seeded. */
function shuffle(texts: string[], seed: number): void {
  const random = new Random(seed, "text-order");
  for (let i = texts.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [texts[i], texts[j]] = [texts[j] as string, texts[i] as string];
  }
}

/** All ids behind each other: short texts cost no more than they hold. */
function pack(encoded: readonly number[][]): { starts: Uint32Array; ids: Int32Array } {
  const starts = new Uint32Array(encoded.length + 1);
  for (const [i, list] of encoded.entries()) starts[i + 1] = (starts[i] as number) + list.length;
  const ids = new Int32Array(starts[encoded.length] as number);
  for (const [i, list] of encoded.entries()) ids.set(list, starts[i]);
  return { starts, ids };
}
