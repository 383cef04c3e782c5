import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { GansmithError } from "../errors.ts";

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space or choose another folder",
  EDQUOT: "the disk quota is used up; free some space or choose another folder",
  EFBIG: "the file would be larger than this system allows; choose another folder",
  EACCES: "permission denied; choose a folder that you may write to, or change its permissions",
  EPERM: "the operation is not permitted; choose a folder that you may write to",
  EROFS: "the file system is read-only; choose a folder that you may write to",
  ENOENT: "it does not exist; check the path",
  ENOTDIR: "a part of the path is a file, not a folder; check the path",
  EISDIR: "it is a folder, not a file; check the path",
  EEXIST: "it exists already; choose another name",
  ENAMETOOLONG: "the name is too long; choose a shorter one",
  ELOOP: "it is a circle of symbolic links; check the path",
  EMFILE: "too many files are open; close some programs and try again",
  EIO: "the disk reported an error; check its health",
};

/** The error code of a failed system call, or "" for any other error. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/**
 * Turns a failed system call into one sentence: `cannot <doing>: <why>; <what to do>.`
 * A `GansmithError` passes through unchanged.
 */
export function ioError(doing: string, error: unknown): GansmithError {
  if (error instanceof GansmithError) return error;
  const why = reasons[errorCode(error)] ?? (error instanceof Error ? error.message : String(error));
  return new GansmithError("io", `cannot ${doing}: ${why}.`, { cause: error });
}

const temporary = /^\.(.+)\.\d+-\d+\.tmp$/;
let sequence = 0;

/**
 * Writes a file so that a kill or a full disk at any instant leaves the old content or the new,
 * never a part: temporary name in the same folder, fsync, rename, fsync of the folder.
 * Chunks are written as they come, so the whole need not be in memory.
 * Throws `GansmithError` ("io"), and removes the temporary file, when the disk refuses.
 */
export function writeFileAtomic(
  path: string,
  content: string | Uint8Array | Iterable<Uint8Array>,
): void {
  const temp = writeTemporary(path, content);
  commitTemporary(temp, path);
}

/**
 * The first half of `writeFileAtomic`: a durable file under a temporary name beside `path`, which is
 * returned; `commitTemporary` gives it its name, which may depend on what was written.
 */
export function writeTemporary(
  path: string,
  content: string | Uint8Array | Iterable<Uint8Array>,
): string {
  const temp = join(dirname(path), `.${basename(path)}.${process.pid}-${sequence++}.tmp`);
  let file: number | undefined;
  try {
    file = openSync(temp, "wx");
    if (typeof content === "string") writeAll(file, new TextEncoder().encode(content));
    else if (content instanceof Uint8Array) writeAll(file, content);
    else for (const chunk of content) writeAll(file, chunk);
    fsyncSync(file);
    closeSync(file);
    return temp;
  } catch (error) {
    if (file !== undefined) {
      closeQuietly(file);
      rmSync(temp, { force: true });
    }
    throw ioError(`write ${path}`, error);
  }
}

/** The second half of `writeFileAtomic`: rename, then fsync of the folder. */
export function commitTemporary(temp: string, path: string): void {
  try {
    renameSync(temp, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(temp, { force: true });
    throw ioError(`write ${path}`, error);
  }
}

/**
 * Makes a folder and those above it; no error when it is there. Unlike `mkdir` with `recursive`, which
 * says ENOENT on a read-only file system, it fails with the reason that the system gives.
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const parent = dirname(path);
    if (errorCode(error) === "ENOENT" && parent !== path) {
      makeFolder(parent);
      mkdirSync(path);
    } else if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** Writes every byte: one `write` call may take only a part. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** Makes renames and removals in a folder durable (not possible, nor needed, on Windows). */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Removes what a killed writer left under temporary names in `folder`; returns how many. */
export function removeTemporaries(folder: string): number {
  const left = readdirSync(folder).filter((name) => temporary.test(name));
  for (const name of left) rmSync(join(folder, name), { force: true });
  return left.length;
}

/** Reads a whole file, showing each chunk (at most 4 MiB) to `see` as it arrives. */
export function readFileChunks(path: string, see: (chunk: Uint8Array) => void): Uint8Array {
  const file = openSync(path, "r");
  try {
    const bytes = new Uint8Array(fstatSync(file).size);
    let at = 0;
    while (at < bytes.length) {
      const n = readSync(file, bytes, at, Math.min(1 << 22, bytes.length - at), null);
      if (n === 0) break;
      see(bytes.subarray(at, at + n));
      at += n;
    }
    return at === bytes.length ? bytes : bytes.slice(0, at);
  } finally {
    closeSync(file);
  }
}

function closeQuietly(file: number): void {
  try {
    closeSync(file);
  } catch {
    // The write failed already; that error is the one worth telling.
  }
}
