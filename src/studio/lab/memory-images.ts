import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { DecodePlan } from "../../data/decode-plan.ts";
import { type ImageDataset, pixelValues, type Split } from "../../data/image-dataset.ts";
import { GansmithError } from "../../util/errors.ts";

/** Decoded images as they lie in memory. */
export interface DecodedImages {
  readonly name: string;
  readonly channels: 1 | 3;
  /** Height and width in pixels. */
  readonly size: number;
  readonly classes: readonly string[];
  /** [n, C, H, W]. */
  readonly pixels: Uint8Array;
  /** [n], -1 where there are no labels. */
  readonly labels: Int32Array;
}

/** Training images in memory: the data set that Node reads from its cache of decoded images. */
export class MemoryImages implements ImageDataset {
  readonly name: string;
  readonly split: Split = "train";
  readonly count: number;
  readonly channels: 1 | 3;
  readonly size: number;
  readonly classes: readonly string[];
  readonly fingerprint: string;
  readonly skipped = 0;
  readonly cachePath = "";
  readonly #pixels: Uint8Array;
  readonly #labels: Int32Array;

  /** Throws a data error when pixels and labels do not fit each other. */
  constructor(images: DecodedImages) {
    const { name, channels, size, classes, pixels, labels } = images;
    if (labels.length === 0 || pixels.length !== labels.length * channels * size * size) {
      throw new GansmithError(
        "data",
        `data set "${name}": ${labels.length} images of ${channels} x ${size} x ${size} need ${labels.length * channels * size * size} bytes and one image at least, received ${pixels.length} bytes.`,
      );
    }
    this.name = name;
    this.count = labels.length;
    this.channels = channels;
    this.size = size;
    this.classes = classes;
    this.#pixels = pixels;
    this.#labels = labels;
    this.fingerprint = fingerprintOf(pixels, labels);
  }

  labelOf(i: number): number {
    return this.#labels[this.#checked(i)] as number;
  }

  /** The bytes of image `i`, [C, H, W]. */
  pixelsOf(i: number): Uint8Array {
    const each = this.channels * this.size ** 2;
    const at = this.#checked(i) * each;
    return this.#pixels.subarray(at, at + each);
  }

  read(indices: ArrayLike<number>, out: Float32Array): void {
    const each = this.channels * this.size ** 2;
    if (out.length !== indices.length * each) {
      throw new GansmithError(
        "data",
        `data set "${this.name}": ${indices.length} images need ${indices.length * each} floats, received ${out.length}.`,
      );
    }
    for (let n = 0, at = 0; n < indices.length; n++) {
      for (const byte of this.pixelsOf(indices[n] as number)) {
        out[at++] = pixelValues[byte] as number;
      }
    }
  }

  close(): void {}

  #checked(i: number): number {
    if (Number.isInteger(i) && i >= 0 && i < this.count) return i;
    throw new GansmithError(
      "data",
      `data set "${this.name}": image index must be a whole number from 0 to ${this.count - 1}, received ${i}.`,
    );
  }
}

/** Runs a plan of decoding to its end; images that it leaves out are left out. */
export async function decodeAll(name: string, plan: DecodePlan): Promise<MemoryImages> {
  const { channels, size, classes } = plan;
  const each = channels * size * size;
  const pixels = new Uint8Array(plan.count * each);
  const labels: number[] = [];
  for (let i = 0; i < plan.count; i++) {
    const image = await plan.decode(i);
    if (!image) continue;
    pixels.set(image, labels.length * each);
    labels.push(plan.labelOf(i));
  }
  return new MemoryImages({
    ...{ name, channels, size, classes },
    pixels: pixels.subarray(0, labels.length * each),
    labels: Int32Array.from(labels),
  });
}

/** sha256 of pixels, then labels as little-endian words: that of Node's cache files. */
function fingerprintOf(pixels: Uint8Array, labels: Int32Array): string {
  const hash = sha256.create().update(pixels);
  const words = new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength);
  return bytesToHex(hash.update(words).digest());
}
