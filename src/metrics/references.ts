import { join } from "node:path";
import type { ImageDataset } from "../data/image-dataset.ts";
import { cacheFolder } from "../data/index.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../onnx/safetensors.ts";
import type { Backend } from "../runtime/session.ts";
import { readCacheEntry, writeCacheEntry } from "./cache-entry.ts";
import { type ImageJudge, type JudgedImages, pickRows } from "./judged-images.ts";
import type { Space } from "./metric.ts";
import { type Neighbours, nearestRows } from "./nearest.ts";
import { randomImages } from "./random-images.ts";

export interface ReferenceOptions {
  readonly train: ImageDataset;
  readonly test: ImageDataset;
  readonly judge: ImageJudge;
  readonly backend: Backend;
  readonly cacheDir: string | undefined;
  readonly onProgress: (stage: string, done: number, total: number) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * What the metrics know of the real images: their features and classes, and how near test images
 * stand to training images. Computed once, then kept in the cache folder by content and network.
 */
export class References {
  readonly #options: ReferenceOptions;
  readonly #folder: string;
  /** The training images whose features are compared. */
  readonly #train: ImageDataset;
  readonly #test: ImageDataset;
  readonly #judged = new Map<string, Promise<JudgedImages>>();
  readonly #nearest = new Map<Space, Promise<Neighbours>>();

  constructor(options: ReferenceOptions) {
    this.#options = options;
    const { references } = options.judge.network.definition;
    this.#train = randomImages(options.train, references);
    this.#test = randomImages(options.test, references);
    this.#folder = join(cacheFolder({ cacheDir: options.cacheDir }), "metrics");
  }

  /** What decides the figures of real images. */
  get identity(): readonly (string | number)[] {
    const { train, test, judge } = this.#options;
    return [judge.network.version, train.fingerprint, test.fingerprint, judge.channels, judge.size];
  }

  /** All test images, or as many as the network judges, with pixel vectors. */
  test(): Promise<JudgedImages> {
    return this.#once("test", () => this.#judgeData(this.#test, true));
  }

  /**
   * All training images, or as many as the network judges; without pixel vectors, which would take
   * hundreds of megabytes.
   */
  train(): Promise<JudgedImages> {
    return this.#once("train", () => this.#judgeData(this.#train, false));
  }

  /** The nearest training image of each query. */
  async nearest(queries: JudgedImages, space: Space, stage: string): Promise<Neighbours> {
    const { train, judge, backend, onProgress, signal } = this.#options;
    const report = (done: number, total: number) => onProgress(stage, done, total);
    if (space === "pixels") {
      const rows = (indices: Uint32Array) => judge.pixelsOf(train, indices);
      const source = { count: train.count, rows };
      return nearestRows(queries.pixels, queries.pixelWidth, source, backend, report, signal);
    }
    const { features, featureWidth: width, count } = await this.train();
    const source = { count, rows: (i: Uint32Array) => pickRows(features, width, i) };
    return nearestRows(queries.features, width, source, backend, report, signal);
  }

  /** The nearest training image of each test image. */
  testNearest(space: Space): Promise<Neighbours> {
    const known = this.#nearest.get(space);
    if (known) return known;
    const made = this.#testNearest(space);
    this.#nearest.set(space, made);
    return made;
  }

  /** A JSON value by key, computed when it is not in the cache. */
  async remember<T>(key: readonly unknown[], compute: () => Promise<T>): Promise<T> {
    const known = readCacheEntry(this.#folder, [...this.identity, ...key], "json");
    if (known) return JSON.parse(new TextDecoder().decode(known)) as T;
    const value = await compute();
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    writeCacheEntry(this.#folder, [...this.identity, ...key], "json", bytes);
    return value;
  }

  #once(name: string, make: () => Promise<JudgedImages>): Promise<JudgedImages> {
    const known = this.#judged.get(name);
    if (known) return known;
    const made = make();
    this.#judged.set(name, made);
    return made;
  }

  async #judgeData(data: ImageDataset, withPixels: boolean): Promise<JudgedImages> {
    const { judge, onProgress, signal } = this.#options;
    const { network } = judge;
    const report = (done: number) => onProgress(`${data.split} images`, done, data.count);
    const key = [network.version, data.fingerprint, judge.channels, judge.size, "features"];
    const known = this.#readArrays(key);
    if (!known) {
      const judged = await judge.judgeData(data, withPixels, report, signal);
      const { count, featureWidth, classes } = judged;
      this.#writeArrays(key, {
        features: {
          dtype: "F32",
          shape: [count, featureWidth],
          data: judged.features as NamedTensor["data"],
        },
        probabilities: {
          dtype: "F32",
          shape: [count, classes],
          data: judged.probabilities as NamedTensor["data"],
        },
      });
      return judged;
    }
    const all = Uint32Array.from({ length: data.count }, (_, i) => i);
    return {
      count: data.count,
      features: known.get("features")?.data as Float32Array,
      featureWidth: network.width,
      probabilities: known.get("probabilities")?.data as Float32Array,
      classes: network.classes,
      pixels: withPixels ? await judge.pixelsOf(data, all) : new Float32Array(0),
      pixelWidth: judge.pixelWidth,
    };
  }

  async #testNearest(space: Space): Promise<Neighbours> {
    const key = [...this.identity, "test neighbours", space];
    const known = this.#readArrays(key);
    if (known) {
      return {
        indices: known.get("indices")?.data as Int32Array,
        distances: known.get("distances")?.data as Float64Array,
      };
    }
    const stage = `neighbours of test images (${space})`;
    const found = await this.nearest(await this.test(), space, stage);
    const shape = [found.indices.length];
    this.#writeArrays(key, {
      indices: { dtype: "I32", shape, data: found.indices as NamedTensor["data"] },
      distances: { dtype: "F64", shape, data: found.distances as NamedTensor["data"] },
    });
    return found;
  }

  #readArrays(key: readonly unknown[]): Map<string, NamedTensor> | undefined {
    const bytes = readCacheEntry(this.#folder, key, "safetensors");
    return bytes && decodeSafetensors(bytes).tensors;
  }

  #writeArrays(key: readonly unknown[], arrays: Readonly<Record<string, NamedTensor>>): void {
    const bytes = encodeSafetensors(new Map(Object.entries(arrays)));
    writeCacheEntry(this.#folder, key, "safetensors", bytes);
  }
}
