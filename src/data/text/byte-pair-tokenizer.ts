import { z } from "zod";
import { usageError } from "../../util/errors.ts";
import type { Merge } from "./learn-merges.ts";
import { applyMerge, learnMerges, pairKey } from "./learn-merges.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { contentIds, FIRST, tokenizerKind, UNKNOWN } from "./tokenizer.ts";

const BYTES = 256;
/** Words kept with their ids; a corpus repeats few of them most of the time. */
const REMEMBERED = 100_000;

/**
 * Byte-level byte-pair encoding (arXiv 1508.07909), learned from the texts: bytes are ids 3 to 258,
 * merges follow. Every text can be written, and reads back unchanged.
 * Differs: letters, digits, signs and spaces are never merged with each other, but for one space
 * before a word (as GPT-2 does), and a run is cut at 64 characters, so that time grows with length.
 */
export const bytePairTokenizer = tokenizerKind({
  kind: "byte-pair",
  summary: "pieces of words, learned from the texts; nothing is unknown",
  schema: z.strictObject({
    /** With start, end, unknown and the 256 bytes; a small corpus may give fewer. */
    vocabulary: z
      .int()
      .min(FIRST + BYTES)
      .max(100_000)
      .default(4096),
  }),
  jsonSchema: z.strictObject({
    merges: z.array(z.tuple([z.int().min(FIRST), z.int().min(FIRST)])).max(100_000),
  }),
  train({ vocabulary }, texts) {
    const counts = new Map<string, number>();
    for (const text of texts) for (const p of pieces(text)) counts.set(p, (counts.get(p) ?? 0) + 1);
    // Sorted, so that the order of the texts does not show.
    const words = [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([piece, count]) => ({ ids: byteIds(piece), count }));
    return make(learnMerges(words, FIRST + BYTES, vocabulary - FIRST - BYTES));
  },
  fromJson({ merges }) {
    for (const [i, pair] of merges.entries()) {
      if (Math.max(...pair) >= FIRST + BYTES + i) {
        throw usageError(`tokenizer json "byte-pair": merges[${i}] uses an id made after it.`);
      }
    }
    return make(merges);
  },
});

const piece = / ?\p{L}{1,64}| ?\p{N}{1,64}| ?[^\s\p{L}\p{N}]{1,64}|\s{1,64}(?!\S)|\s/gu;
const pieces = (text: string): string[] => text.match(piece) ?? [];
const encoder = new TextEncoder();
const byteIds = (text: string): number[] => Array.from(encoder.encode(text), (b) => FIRST + b);

function make(merges: readonly Merge[]): Tokenizer {
  const vocabulary = FIRST + BYTES + merges.length;
  const made = new Map(merges.map(([l, r], i) => [pairKey(l, r), FIRST + BYTES + i]));
  const bytes = expand(merges);
  const remembered = new Map<string, readonly number[]>();
  const encodePiece = (text: string): readonly number[] => {
    const known = remembered.get(text);
    if (known) return known;
    let ids = byteIds(text);
    for (;;) {
      // The earliest learned merge goes first, as it did while learning.
      let first = Number.POSITIVE_INFINITY;
      let at = -1;
      for (let i = 1; i < ids.length; i++) {
        const id = made.get(pairKey(ids[i - 1] as number, ids[i] as number));
        if (id !== undefined && id < first) {
          first = id;
          at = i;
        }
      }
      if (at < 0) break;
      ids = applyMerge(ids, [ids[at - 1] as number, ids[at] as number], first);
    }
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(text, ids);
    return ids;
  };
  return {
    name: "byte-pair",
    vocabulary,
    encode: (text) => pieces(text).flatMap(encodePiece),
    decode(given) {
      const out: number[] = [];
      for (const id of contentIds("byte-pair", vocabulary, given)) {
        out.push(...(id === UNKNOWN ? [0xef, 0xbf, 0xbd] : (bytes[id - FIRST] as number[])));
      }
      // A generator may write half a character: that becomes U+FFFD and is no error.
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(out));
    },
    json: { kind: "byte-pair", merges },
  };
}

/** The bytes behind each id. */
function expand(merges: readonly Merge[]): number[][] {
  const bytes = Array.from({ length: BYTES }, (_, b) => [b]);
  for (const [l, r] of merges) {
    bytes.push([...(bytes[l - FIRST] as number[]), ...(bytes[r - FIRST] as number[])]);
  }
  return bytes;
}
