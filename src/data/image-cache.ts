import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { z } from "zod";
import { GansmithError } from "../util/errors.ts";
import type { ImageDataset, Split } from "./image-dataset.ts";
import { pixelValues } from "./image-dataset.ts";

/*
 * A cache file is: pixels (uint8, [count, C, H, W]), labels (int32, little endian), header (JSON),
 * and a tail of fixed length: sha256 of the header, its length, the format's name. Pixels come
 * first so that images stream to disk while their number is still unknown (bad ones are left out);
 * a truncated file has no tail. The header holds the sha256 of pixels and labels.
 */

/** Name and version of the format. */
export const MAGIC = "gansmith-images1";
const TAIL_BYTES = 32 + 8 + MAGIC.length;
const MAX_HEADER_BYTES = 1 << 26;
/** How much is hashed, or written, at a time. */
export const CHUNK_BYTES = 1 << 20;

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

/** The end of a cache file, behind pixels and labels. */
export function encodeTail(header: Header): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const digest = createHash("sha256").update(json).digest();
  return Buffer.concat([json, digest, length, Buffer.from(MAGIC, "latin1")]);
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
