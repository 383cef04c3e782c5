import { createHash } from "node:crypto";

export type TextSplit = "train" | "validation" | "test";

/**
 * Where a document belongs: 90 % train, 5 % validation, 5 % test, by a hash of its content. Case
 * and spaces do not count, so that two spellings of one text (`A , b` and `a, b`) never lie in two
 * splits.
 */
export function splitOf(text: string): TextSplit {
  const key = text.toLowerCase().replace(/\s+/g, "");
  const place = createHash("sha256").update(key).digest().readUInt32BE(0) / 0x1_0000_0000;
  if (place < 0.9) return "train";
  return place < 0.95 ? "validation" : "test";
}
