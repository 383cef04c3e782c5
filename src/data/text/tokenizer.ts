import type { z } from "zod";
import { GansmithError, usageError } from "../../util/errors.ts";
import type { JsonObject, JsonValue } from "../../util/json.ts";

/** Ids with the same meaning in every tokenizer; a tokenizer's own ids begin at `FIRST`. */
export const START = 0;
export const END = 1;
export const UNKNOWN = 2;
export const FIRST = 3;

/** What an unknown piece of text becomes when it is read back. */
export const UNKNOWN_TEXT = "\uFFFD";

/** Text to ids and back. A value: the same `json` gives the same ids everywhere. */
export interface Tokenizer {
  readonly name: string;
  /** How many ids there are, with start, end and unknown. */
  readonly vocabulary: number;
  /** The ids of the text alone: neither start nor end is added. */
  encode(text: string): number[];
  /** Reads up to the first end; start is skipped. Throws ("data") on an id outside the vocabulary. */
  decode(ids: Iterable<number>): string;
  /** Everything that `tokenizerFromJson` needs to make it again. */
  readonly json: JsonObject;
}

/** Which kind of tokenizer to make, with its options, such as `{ kind: "byte-pair" }`. */
export interface TokenizerSpec {
  readonly kind: string;
  readonly [option: string]: JsonValue;
}

/** A kind of tokenizer: one file and one line in `tokenizer-registry.ts`. */
export interface TokenizerKind {
  readonly kind: string;
  /** One line for lists. */
  readonly summary: string;
  /** The options beside `kind`; unknown ones are refused. */
  readonly schema: z.ZodType;
  /** What the kind's `json` holds beside `kind`. */
  readonly jsonSchema: z.ZodType;
  /** Learns from `texts`; `options` have passed `schema`. */
  train(options: unknown, texts: readonly string[]): Tokenizer;
  /** `json` has passed `jsonSchema`. */
  fromJson(json: unknown): Tokenizer;
}

/** Ties a kind's options and json to their schemas, so that its functions are typed. */
export function tokenizerKind<S extends z.ZodType, J extends z.ZodType>(kind: {
  readonly kind: string;
  readonly summary: string;
  readonly schema: S;
  readonly jsonSchema: J;
  train(options: z.output<S>, texts: readonly string[]): Tokenizer;
  fromJson(json: z.output<J>): Tokenizer;
}): TokenizerKind {
  return {
    ...kind,
    train: (options, texts) => kind.train(options as z.output<S>, texts),
    fromJson: (json) => kind.fromJson(json as z.output<J>),
  };
}

/** The ids between start and end, each checked. */
export function contentIds(tokenizer: string, vocabulary: number, ids: Iterable<number>): number[] {
  const content: number[] = [];
  for (const id of ids) {
    if (!Number.isInteger(id) || id < 0 || id >= vocabulary) {
      throw new GansmithError(
        "data",
        `tokenizer "${tokenizer}": id ${id} is outside its vocabulary, expected 0 to ${vocabulary - 1}.`,
      );
    }
    if (id === END) break;
    if (id !== START) content.push(id);
  }
  return content;
}

/** Entries by how often they occur, then by code unit, so that no order of texts shows. */
export function mostFrequent(
  counts: ReadonlyMap<string, number>,
  minimumCount: number,
  maximumEntries: number,
): string[] {
  return [...counts]
    .filter(([, count]) => count >= minimumCount)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, maximumEntries)
    .map(([entry]) => entry);
}

/** Ids of listed entries; throws a usage error when one stands there twice. */
export function idsOf(kind: string, entries: readonly string[]): Map<string, number> {
  const ids = new Map(entries.map((entry, i) => [entry, FIRST + i]));
  if (ids.size === entries.length) return ids;
  throw usageError(`tokenizer json "${kind}": an entry stands twice, expected each once.`);
}
