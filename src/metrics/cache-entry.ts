import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, writeFileAtomic } from "../util/node/files.ts";

/** A cache file is the sha256 of its content, in hexadecimal, and the content. */
const digestBytes = 64;
/** Part of every key: a change of what is kept or how it is computed makes all entries new. */
const cacheVersion = 1;

function pathOf(folder: string, key: readonly unknown[], kind: string): string {
  const name = createHash("sha256")
    .update(JSON.stringify([cacheVersion, ...key]))
    .digest("hex");
  return join(folder, `${name.slice(0, 32)}.${kind}`);
}

function digestOf(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The content kept under a key; undefined when there is none or it is damaged. */
export function readCacheEntry(
  folder: string,
  key: readonly unknown[],
  kind: string,
): Uint8Array | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(pathOf(folder, key, kind));
  } catch {
    return undefined;
  }
  const content = bytes.subarray(digestBytes);
  const digest = new TextDecoder("latin1").decode(bytes.subarray(0, digestBytes));
  return digest === digestOf(content) ? content : undefined;
}

/** Keeps content under a key. A disk that refuses costs time later, but no result now. */
export function writeCacheEntry(
  folder: string,
  key: readonly unknown[],
  kind: string,
  content: Uint8Array,
): void {
  try {
    makeFolder(folder);
    const digest = new TextEncoder().encode(digestOf(content));
    writeFileAtomic(pathOf(folder, key, kind), [digest, content]);
  } catch {
    // Computed again next time.
  }
}
