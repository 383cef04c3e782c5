import { unknownName, usageError } from "../../util/errors.ts";
import { checkJson } from "../../util/json.ts";
import { parseWith } from "../../util/parse-with.ts";
import { bytePairTokenizer } from "./byte-pair-tokenizer.ts";
import { characterTokenizer } from "./character-tokenizer.ts";
import { huggingFaceTokenizer } from "./hugging-face-tokenizer.ts";
import type { Tokenizer, TokenizerKind, TokenizerSpec } from "./tokenizer.ts";
import { wordTokenizer } from "./word-tokenizer.ts";

/** Every kind of tokenizer, in the order in which they are listed. */
export const tokenizerKinds: readonly TokenizerKind[] = [
  characterTokenizer,
  wordTokenizer,
  bytePairTokenizer,
  huggingFaceTokenizer,
];

function kindOf(value: unknown, what: string): readonly [TokenizerKind, Record<string, unknown>] {
  const { kind, ...rest } = (value ?? {}) as Record<string, unknown>;
  if (typeof kind !== "string") {
    throw usageError(`${what} must be an object with a kind, such as { "kind": "word" }.`);
  }
  const found = tokenizerKinds.find((k) => k.kind === kind);
  if (found) return [found, rest];
  throw unknownName(
    "tokenizer",
    kind,
    tokenizerKinds.map((k) => k.kind),
  );
}

/** Checks a spec; throws a usage error that names the option. */
export function checkTokenizerSpec(spec: TokenizerSpec): void {
  const [kind, options] = kindOf(spec, "tokenizer");
  parseWith(kind.schema, options, `tokenizer "${kind.kind}"`, "tokenizer");
}

/** Learns a tokenizer from texts. Throws a usage error on a wrong spec. */
export function trainTokenizer(spec: TokenizerSpec, texts: readonly string[]): Tokenizer {
  const [kind, options] = kindOf(spec, "tokenizer");
  const parsed = parseWith(kind.schema, options, `tokenizer "${kind.kind}"`, "tokenizer");
  return kind.train(parsed, texts);
}

/** A tokenizer from its own `json`. Throws a usage error that says what is wrong with it. */
export function tokenizerFromJson(json: unknown): Tokenizer {
  const [kind, rest] = kindOf(json, "tokenizer json");
  checkJson(rest, "tokenizer json");
  return kind.fromJson(parseWith(kind.jsonSchema, rest, `tokenizer json "${kind.kind}"`, "json"));
}
