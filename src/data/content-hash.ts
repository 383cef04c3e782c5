import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { GansmithError } from "../util/errors.ts";
import { ioError, writeFileAtomic } from "../util/node/files.ts";
import { inOrder } from "./in-order.ts";

/** A file of a data set: `name` is its place within the data set, `path` where it lies. */
export interface SourceFile {
  readonly name: string;
  readonly path: string;
}

/** The content of a list of files. */
export interface Content {
  /** sha256 over names and contents. */
  readonly hash: string;
  /** sha256 of each file. */
  readonly digests: readonly string[];
}

/** A file whose times are younger than this may still change within the clock's grain. */
const SETTLED_MS = 2000;
const SMALL_BYTES = 1 << 23;

/**
 * Hashes files by content. A digest is remembered beside the cache and used again while the file's
 * size, inode, modification and change times all stay the same, so a second run only stats.
 * Throws `GansmithError` ("io") on a file that cannot be read.
 */
export async function hashFiles(
  root: string,
  files: readonly SourceFile[],
  cacheDir: string,
): Promise<Content> {
  const memo = join(cacheDir, "hashes", `${sha256(root).slice(0, 32)}.json`);
  const known = await readMemo(memo);
  const next: Record<string, readonly [string, string]> = {};
  const digests: string[] = [];
  let changed = false;
  const now = Date.now();
  const hashOne = async (i: number): Promise<{ signature: string; digest: string }> => {
    const { path } = files[i] as SourceFile;
    try {
      const s = await stat(path, { bigint: true });
      const signature = [s.dev, s.ino, s.size, s.mtimeNs, s.ctimeNs].join(" ");
      const settled = now - Number(s.ctimeNs / 1_000_000n) > SETTLED_MS;
      const have = known[path];
      if (have && have[0] === signature) return { signature, digest: have[1] };
      const digest = s.size <= SMALL_BYTES ? sha256(await readFile(path)) : await hashStream(path);
      return { signature: settled ? signature : "", digest };
    } catch (error) {
      throw ioError(`read ${path}`, error);
    }
  };
  for await (const [i, { signature, digest }] of inOrder(files.length, 8, hashOne)) {
    const { path } = files[i] as SourceFile;
    digests.push(digest);
    if (signature === "") continue;
    if (known[path]?.[0] !== signature) changed = true;
    next[path] = [signature, digest];
  }
  if (changed) await writeMemo(memo, next);
  const all = createHash("sha256");
  for (const [i, file] of files.entries()) all.update(`${file.name}\0${digests[i]}\n`);
  return { hash: all.digest("hex"), digests };
}

/** Reads one file whole and makes sure that it is still the one that was hashed. */
export async function readHashed(file: SourceFile, digest: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file.path);
  } catch (error) {
    throw ioError(`read ${file.path}`, error);
  }
  if (sha256(bytes) !== digest) {
    throw new GansmithError("data", `${file.path} changed while it was being read; run again.`);
  }
  return bytes;
}

/** sha256 as hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

async function hashStream(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest("hex");
}

type Memo = Record<string, readonly [string, string]>;

/** The first line is the sha256 of the rest: a damaged memo counts as none. */
async function readMemo(path: string): Promise<Memo> {
  try {
    const text = await readFile(path, "utf8");
    const cut = text.indexOf("\n");
    const body = text.slice(cut + 1);
    return sha256(body) === text.slice(0, cut) ? (JSON.parse(body) as Memo) : {};
  } catch {
    return {};
  }
}

async function writeMemo(path: string, memo: Memo): Promise<void> {
  try {
    await mkdir(join(path, ".."), { recursive: true });
  } catch (error) {
    throw ioError(`make the cache folder ${join(path, "..")}`, error);
  }
  const body = JSON.stringify(memo);
  writeFileAtomic(path, `${sha256(body)}\n${body}`);
}
