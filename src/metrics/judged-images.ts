import type { ImageDataset } from "../data/image-dataset.ts";
import { pixelValues } from "../data/image-dataset.ts";
import * as ops from "../graph/ops/index.ts";
import { leaf } from "../graph/ops/leaf.ts";
import type { Backend, Session, Tensor } from "../runtime/session.ts";
import { GansmithError, usageError } from "../util/errors.ts";
import type { FeatureNetwork } from "./feature-network.ts";
import { resample } from "./resample.ts";

/** Images as the metrics see them, all arrays row-major. */
export interface JudgedImages {
  readonly count: number;
  /** [count, featureWidth]. */
  readonly features: Float32Array;
  readonly featureWidth: number;
  /** Class probabilities [count, classes]; empty where the network has no classes. */
  readonly probabilities: Float32Array;
  readonly classes: number;
  /** Pixel vectors [count, pixelWidth], at most 28 pixels wide and high. */
  readonly pixels: Float32Array;
  readonly pixelWidth: number;
}

/** A generator's images: [n,C,H,W] in [-1, 1], at once or in chunks of any length. */
export type SampleSource = Float32Array | Iterable<Float32Array> | AsyncIterable<Float32Array>;

/** Larger images are averaged down to this size before their pixels are compared. */
const largestCompared = 28;

/** Turns images of one shape into what the metrics see, a batch at a time. */
export class ImageJudge {
  readonly channels: number;
  readonly size: number;
  readonly pixelWidth: number;
  readonly network: FeatureNetwork;
  readonly batch: number;
  #shrink: Session | undefined;

  static async create(
    image: { readonly channels: number; readonly size: number },
    network: FeatureNetwork,
    backend: Backend,
    batch: number,
  ): Promise<ImageJudge> {
    const { channels, size } = image;
    if (size <= largestCompared) return new ImageJudge(channels, size, network, batch, undefined);
    const images = leaf("images", ["N", channels, size, size], { kind: "data" });
    const width = channels * largestCompared ** 2;
    const pixels = ops.reshape(resample(images, largestCompared), ["N", width]);
    const shrink = await backend.compile({
      name: "shrink",
      inputs: new Map([["images", images]]),
      outputs: new Map([["pixels", pixels]]),
    });
    return new ImageJudge(channels, size, network, batch, shrink);
  }

  private constructor(
    channels: number,
    size: number,
    network: FeatureNetwork,
    batch: number,
    shrink: Session | undefined,
  ) {
    this.channels = channels;
    this.size = size;
    this.pixelWidth = channels * Math.min(size, largestCompared) ** 2;
    this.network = network;
    this.batch = batch;
    this.#shrink = shrink;
  }

  get imageLength(): number {
    return this.channels * this.size * this.size;
  }

  tensor(data: Float32Array): Tensor {
    const dims = [data.length / this.imageLength, this.channels, this.size, this.size];
    return { dtype: "f32", dims, data };
  }

  /** Pixel vectors of images [n,C,H,W]. */
  async pixels(images: Float32Array): Promise<Float32Array> {
    if (!this.#shrink) return images;
    const results = await this.#shrink.run(new Map([["images", this.tensor(images)]]));
    return (results.get("pixels") as Tensor).data as Float32Array;
  }

  /** Pixel vectors of a data set's images by index. */
  async pixelsOf(data: ImageDataset, indices: ArrayLike<number>): Promise<Float32Array> {
    const images = new Float32Array(indices.length * this.imageLength);
    data.read(indices, images);
    return this.pixels(images);
  }

  /**
   * Judges a generator's images. They are clipped and rounded to bytes first, as a saved picture is.
   * Throws a `GansmithError` for chunks that are no whole images, and for NaN or infinity.
   */
  async judge(
    samples: SampleSource,
    onProgress?: (done: number) => void,
    signal?: AbortSignal,
  ): Promise<JudgedImages> {
    if (!isSource(samples)) throw this.#refused(samples);
    const parts: Judged[] = [];
    let done = 0;
    const step = this.batch * this.imageLength;
    for await (const chunk of samples instanceof Float32Array ? [samples] : samples) {
      this.#checkChunk(chunk);
      for (let at = 0; at < chunk.length; at += step) {
        signal?.throwIfAborted();
        const images = asBytes(chunk.subarray(at, at + step), this.imageLength, done);
        parts.push(await this.#judgeBatch(images));
        done += images.length / this.imageLength;
        onProgress?.(done);
      }
    }
    return this.#join(done, parts);
  }

  /** Judges all images of a data set; pixel vectors only where wanted. */
  async judgeData(
    data: ImageDataset,
    withPixels: boolean,
    onProgress?: (done: number) => void,
    signal?: AbortSignal,
  ): Promise<JudgedImages> {
    const parts: Judged[] = [];
    for (let from = 0; from < data.count; from += this.batch) {
      signal?.throwIfAborted();
      const n = Math.min(this.batch, data.count - from);
      const images = new Float32Array(n * this.imageLength);
      data.read(
        Uint32Array.from({ length: n }, (_, i) => from + i),
        images,
      );
      parts.push(await this.#judgeBatch(images, withPixels));
      onProgress?.(from + n);
    }
    return this.#join(data.count, parts);
  }

  async release(): Promise<void> {
    await this.#shrink?.release();
    await this.network.release();
  }

  async #judgeBatch(images: Float32Array, withPixels = true): Promise<Judged> {
    const seen = await this.network.run(this.tensor(images));
    return {
      ...seen,
      pixels: withPixels ? await this.pixels(images) : empty,
    };
  }

  #join(count: number, parts: readonly Judged[]): JudgedImages {
    return {
      count,
      features: concat(parts.map((p) => p.features)),
      featureWidth: this.network.width,
      probabilities: concat(parts.map((p) => p.probabilities)),
      classes: this.network.classes,
      pixels: concat(parts.map((p) => p.pixels)),
      pixelWidth: this.pixelWidth,
    };
  }

  get #shape(): string {
    return `[n,${this.channels},${this.size},${this.size}]`;
  }

  #refused(samples: unknown): Error {
    const kind = samples === null ? "null" : typeof samples;
    return usageError(
      `samples must be a Float32Array ${this.#shape} or chunks of that, received ${kind}.`,
    );
  }

  #checkChunk(chunk: unknown): asserts chunk is Float32Array {
    if (!(chunk instanceof Float32Array)) throw this.#refused(chunk);
    if (chunk.length % this.imageLength !== 0) {
      throw usageError(
        `samples must be whole images ${this.#shape}, ${this.imageLength} numbers each, as the data set's ` +
          `are; received ${chunk.length} numbers.`,
      );
    }
  }
}

function isSource(samples: unknown): samples is SampleSource {
  if (typeof samples !== "object" || samples === null) return false;
  return Symbol.iterator in samples || Symbol.asyncIterator in samples;
}

interface Judged {
  readonly features: Float32Array;
  readonly probabilities: Float32Array;
  readonly pixels: Float32Array;
}

const empty = new Float32Array(0);

/** Rows of a subset of images. */
export function pickImages(images: JudgedImages, indices: ArrayLike<number>): JudgedImages {
  return {
    ...images,
    count: indices.length,
    features: pickRows(images.features, images.featureWidth, indices),
    probabilities: pickRows(images.probabilities, images.classes, indices),
    pixels: images.pixels.length > 0 ? pickRows(images.pixels, images.pixelWidth, indices) : empty,
  };
}

/** Rows of a matrix [n, width]. */
export function pickRows(
  rows: Float32Array,
  width: number,
  indices: ArrayLike<number>,
): Float32Array {
  const out = new Float32Array(indices.length * width);
  for (let i = 0; i < indices.length; i++) {
    const from = (indices[i] as number) * width;
    out.set(rows.subarray(from, from + width), i * width);
  }
  return out;
}

function concat(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0] as Float32Array;
  const out = new Float32Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function asBytes(images: Float32Array, imageLength: number, first: number): Float32Array {
  const out = new Float32Array(images.length);
  for (let i = 0; i < images.length; i++) {
    const x = images[i] as number;
    if (!Number.isFinite(x)) {
      throw new GansmithError(
        "numeric",
        `sample ${first + Math.floor(i / imageLength)} holds ${x}: the generator has diverged; ` +
          "judge an earlier checkpoint, or train again with a lower learning rate.",
      );
    }
    const byte = Math.round((Math.min(Math.max(x, -1), 1) + 1) * 127.5);
    out[i] = pixelValues[byte] as number;
  }
  return out;
}
