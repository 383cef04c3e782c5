import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { availableParallelism, homedir } from "node:os";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { GansmithError } from "../util/errors.ts";
import type { JsonValue } from "../util/json.ts";
import { errorCode, ioError, writeAll } from "../util/node/files.ts";
import { sha256 } from "./content-hash.ts";
import type { DataRequest, ImageDataset, Split } from "./image-dataset.ts";
import { pixelValues } from "./image-dataset.ts";
import { inOrder } from "./in-order.ts";

/*
 * A cache file is: pixels (uint8, [count, C, H, W]), labels (int32, little endian), header (JSON),
 * and a tail of fixed length: sha256 of the header, its length, the format's name. Pixels come
 * first so that images stream to disk while their number is still unknown (bad ones are left out);
 * a truncated file has no tail. The header holds the sha256 of pixels and labels.
 */

const MAGIC = "gansmith-images1";
const TAIL_BYTES = 32 + 8 + MAGIC.length;
const MAX_HEADER_BYTES = 1 << 26;
const CHUNK_BYTES = 1 << 20;
const STALE_MS = 24 * 60 * 60 * 1000;

const headerSchema = z.object({
  key: z.string(),
  name: z.string(),
  split: z.enum(["train", "test"]),
  count: z.number().int().positive(),
  channels: z.union([z.literal(1), z.literal(3)]),
  size: z.number().int().positive(),
  classes: z.array(z.string()),
  skipped: z.number().int().nonnegative(),
  fingerprint: z.string().length(64),
});
type Header = z.output<typeof headerSchema>;

/** How to make the images that are not in the cache yet. */
export interface DecodePlan {
  /** How many images there are to decode. */
  readonly count: number;
  readonly channels: 1 | 3;
  readonly size: number;
  readonly classes: readonly string[];
  /** The label of candidate `i`, or -1. */
  labelOf(i: number): number;
  /** The pixels of candidate `i` as planes [C, H, W]; undefined leaves it out. */
  decode(i: number): Promise<Uint8Array | undefined> | Uint8Array | undefined;
  close?(): void;
}

/** Which cache file: everything that decides its content. */
export interface CacheIdentity {
  readonly name: string;
  readonly split: Split;
  /** Content hash, options, size, channels, decoder version. */
  readonly key: JsonValue;
}

/** Where decoded images are kept. */
export function cacheFolder(request?: { readonly cacheDir?: string | undefined }): string {
  return request?.cacheDir ?? (process.env.GANSMITH_CACHE || join(homedir(), ".cache", "gansmith"));
}

/**
 * Opens the decoded images of `identity`, decoding them first when they are missing or damaged.
 * Two processes may build the same file at once: each writes its own and the last rename stands.
 */
export async function openCached(
  identity: CacheIdentity,
  request: DataRequest,
  plan: () => Promise<DecodePlan>,
): Promise<ImageDataset> {
  const key = sha256(JSON.stringify([MAGIC, identity.name, identity.split, identity.key]));
  const folder = cacheFolder(request);
  const path = join(folder, `${identity.name}-${identity.split}-${key.slice(0, 32)}.images`);
  const cached = openIfSound(path, key);
  if (cached) return cached;
  try {
    mkdirSync(folder, { recursive: true });
    removeStale(folder);
  } catch (error) {
    throw ioError(`make the cache folder ${folder} (set GANSMITH_CACHE to choose another)`, error);
  }
  const decoding = await plan();
  try {
    await build(path, key, identity, decoding, request);
  } finally {
    decoding.close?.();
  }
  // What was just written is known to be whole.
  return openImageCache(path, { verify: false });
}

function openIfSound(path: string, key: string): ImageDataset | undefined {
  try {
    return openImageCache(path, { verify: true, key });
  } catch (error) {
    // Missing or damaged: build it again. Any other refusal of the system is told.
    if (error instanceof GansmithError && error.kind === "data") return undefined;
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error))) return undefined;
    throw ioError(`open ${path}`, error);
  }
}

async function build(
  path: string,
  key: string,
  identity: CacheIdentity,
  plan: DecodePlan,
  request: DataRequest,
): Promise<void> {
  const temp = join(dirname(path), `.${randomUUID()}.images.tmp`);
  const imageBytes = plan.channels * plan.size * plan.size;
  let file: number | undefined;
  try {
    file = openSync(temp, "wx");
    const payload = createHash("sha256");
    const chunk = new Uint8Array(Math.max(1, Math.floor(CHUNK_BYTES / imageBytes)) * imageBytes);
    let filled = 0;
    const flush = (out: number): void => {
      const bytes = chunk.subarray(0, filled);
      payload.update(bytes);
      writeAll(out, bytes);
      filled = 0;
    };
    const labels: number[] = [];
    const width = Math.min(8, availableParallelism() + 1);
    for await (const [i, pixels] of inOrder(plan.count, width, (j) => plan.decode(j))) {
      request.signal?.throwIfAborted();
      request.onProgress?.(i + 1, plan.count);
      if (!pixels) continue;
      chunk.set(pixels, filled);
      filled += imageBytes;
      labels.push(plan.labelOf(i));
      if (filled === chunk.length) {
        flush(file);
        await setImmediate();
      }
    }
    flush(file);
    if (labels.length === 0) {
      throw new GansmithError(
        "data",
        `data set "${identity.name}": none of its ${plan.count} ${identity.split} images can be read.`,
      );
    }
    const labelBytes = new Uint8Array(Int32Array.from(labels).buffer);
    payload.update(labelBytes);
    writeAll(file, labelBytes);
    writeAll(
      file,
      encodeTail({
        key,
        name: identity.name,
        split: identity.split,
        count: labels.length,
        channels: plan.channels,
        size: plan.size,
        classes: [...plan.classes],
        skipped: plan.count - labels.length,
        fingerprint: payload.digest("hex"),
      }),
    );
    // No fsync: a file torn by a power cut fails its checksum and is decoded again.
    closeSync(file);
    file = undefined;
    renameSync(temp, path);
  } catch (error) {
    if (request.signal?.aborted) {
      throw new GansmithError("data", `decoding of data set "${identity.name}" was stopped.`, {
        cause: error,
      });
    }
    throw ioError(`write ${path} (set GANSMITH_CACHE to keep decoded images elsewhere)`, error);
  } finally {
    if (file !== undefined) closeSync(file);
    rmSync(temp, { force: true });
  }
}

function encodeTail(header: Header): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const digest = createHash("sha256").update(json).digest();
  return Buffer.concat([json, digest, length, Buffer.from(MAGIC, "latin1")]);
}

/** Removes what killed builders left behind a day ago or more. */
function removeStale(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".images.tmp")) continue;
    const path = join(folder, name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Infinity };
    if (Date.now() - mtimeMs > STALE_MS) rmSync(path, { force: true });
  }
}

/**
 * Opens a cache file. `verify` reads it whole and compares its checksum (about 1 GB/s).
 * Throws `GansmithError` ("data") when it is damaged.
 */
export function openImageCache(
  path: string,
  { verify = true, key }: { readonly verify?: boolean; readonly key?: string } = {},
): ImageDataset {
  const file = openSync(path, "r");
  try {
    const header = readHeader(file, path);
    if (key !== undefined && header.key !== key) throw damaged(path, "it holds other images");
    const pixelBytes = header.count * header.channels * header.size * header.size;
    const labels = new Int32Array(header.count);
    readFully(file, new Uint8Array(labels.buffer), pixelBytes, path);
    if (verify && digestOf(file, pixelBytes + labels.byteLength, path) !== header.fingerprint) {
      throw damaged(path, "its checksum does not match");
    }
    return new CachedImages(path, file, header, labels);
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function readHeader(file: number, path: string): Header {
  const { size } = fstatSync(file);
  if (size < TAIL_BYTES) throw damaged(path, `it has only ${size} bytes`);
  const tail = Buffer.alloc(TAIL_BYTES);
  readFully(file, tail, size - TAIL_BYTES, path);
  const length = Number(tail.readBigUInt64LE(32));
  if (tail.toString("latin1", 40) !== MAGIC || length > MAX_HEADER_BYTES || length > size) {
    throw damaged(path, "it does not end as a cache file does");
  }
  const json = Buffer.alloc(length);
  const start = size - TAIL_BYTES - length;
  if (start < 0) throw damaged(path, "it is too short");
  readFully(file, json, start, path);
  if (!createHash("sha256").update(json).digest().equals(tail.subarray(0, 32))) {
    throw damaged(path, "its header is damaged");
  }
  const header = headerSchema.parse(JSON.parse(json.toString("utf8")));
  if (header.count * (header.channels * header.size * header.size + 4) !== start) {
    throw damaged(path, "its length does not match its header");
  }
  return header;
}

function digestOf(file: number, length: number, path: string): string {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(Math.min(length, CHUNK_BYTES));
  for (let at = 0; at < length; at += buffer.length) {
    const part = buffer.subarray(0, Math.min(buffer.length, length - at));
    readFully(file, part, at, path);
    hash.update(part);
  }
  return hash.digest("hex");
}

function readFully(file: number, into: Uint8Array, position: number, path: string): void {
  for (let at = 0; at < into.length; ) {
    const n = readSync(file, into, at, into.length - at, position + at);
    if (n === 0) throw damaged(path, "it ends too early");
    at += n;
  }
}

function damaged(path: string, why: string): GansmithError {
  return new GansmithError(
    "data",
    `the decoded images in ${path} are damaged: ${why}. Remove that file; it is made again when needed.`,
  );
}

class CachedImages implements ImageDataset {
  readonly name: string;
  readonly split: Split;
  readonly count: number;
  readonly channels: 1 | 3;
  readonly size: number;
  readonly classes: readonly string[];
  readonly fingerprint: string;
  readonly skipped: number;
  readonly cachePath: string;
  #file: number | undefined;
  readonly #labels: Int32Array;
  readonly #image: Uint8Array;

  constructor(path: string, file: number, header: Header, labels: Int32Array) {
    this.name = header.name;
    this.split = header.split;
    this.count = header.count;
    this.channels = header.channels;
    this.size = header.size;
    this.classes = header.classes;
    this.fingerprint = header.fingerprint;
    this.skipped = header.skipped;
    this.cachePath = path;
    this.#file = file;
    this.#labels = labels;
    this.#image = new Uint8Array(header.channels * header.size * header.size);
  }

  labelOf(i: number): number {
    return this.#labels[this.#checked(i)] as number;
  }

  read(indices: ArrayLike<number>, out: Float32Array): void {
    const image = this.#image;
    if (this.#file === undefined) {
      throw new GansmithError("data", `data set "${this.name}" was closed before this read.`);
    }
    if (out.length !== indices.length * image.length) {
      throw new GansmithError(
        "data",
        `data set "${this.name}": ${indices.length} images need ${indices.length * image.length} floats, received ${out.length}.`,
      );
    }
    const values = pixelValues;
    for (let n = 0, at = 0; n < indices.length; n++) {
      const i = this.#checked(indices[n] as number);
      readFully(this.#file, image, i * image.length, this.cachePath);
      for (let k = 0; k < image.length; k++) {
        out[at++] = values[image[k] as number] as number;
      }
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #checked(i: number): number {
    if (Number.isInteger(i) && i >= 0 && i < this.count) return i;
    throw new GansmithError(
      "data",
      `data set "${this.name}": image index must be a whole number from 0 to ${this.count - 1}, received ${i}.`,
    );
  }
}
