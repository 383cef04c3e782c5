import * as Comlink from "comlink";
import type { Tensor } from "../../../runtime/session.ts";
import { type ModelFileSession, openModelFile } from "../../../runtime/web-model-file.ts";
import { type ImageFile, readImageFile } from "../../explore/image-file.ts";
import { nearestImages } from "../../explore/nearest.ts";
import { type LatentPoint, stacked } from "../../explore/path.ts";
import {
  enlarged,
  gifOf,
  type Pictures,
  picturesOf,
  picturesOfBytes,
  planesOf,
} from "../../explore/pictures.ts";
import { oneAtATime } from "./queue.ts";
import { type RealImages, type RealShape, type RealSource, readReal } from "./real-images.ts";
import { runtimeFiles } from "./runtime-files.ts";

/** Images of a film drawn at a time: memory stays small. */
const filmChunk = 16;

/** What a bank of real images holds. */
export interface RealBank {
  readonly count: number;
  readonly refused: readonly string[];
}

/** A real image beside a made one. */
export interface RealNeighbour {
  readonly name: string;
  /** Root mean square difference of pixel values 0 to 255; 0 is the same image. */
  readonly distance: number;
  readonly rgba: Uint8ClampedArray;
}

/** Draws and compares images away from the page, so that the page never waits. */
export class ExploreServer {
  #file: ImageFile | undefined;
  #session: ModelFileSession | undefined;
  readonly #queue = oneAtATime();
  #real: RealImages | undefined;
  readonly #realQueue = oneAtATime();

  /** Opens an ONNX file in place of the one before, which stays where this one is refused. */
  open(bytes: Uint8Array, backend: "wasm" | "webgpu"): Promise<ImageFile> {
    return this.#queue(async () => {
      const file = readImageFile(bytes);
      const options = { threads: 1, wasmPaths: runtimeFiles };
      const session = await openModelFile(bytes, backend, options);
      await this.#session?.release();
      this.#file = file;
      this.#session = session;
      return file;
    });
  }

  /** The points' images; none where the points are those of the generator before. */
  draw(points: readonly LatentPoint[]): Promise<Pictures> {
    return this.#queue(async () => {
      const { latent, size } = this.#file as ImageFile;
      if (points[0]?.z.length !== latent) return { size, rgba: [] };
      const pictures = await this.#draw(points);
      return Comlink.transfer(
        pictures,
        pictures.rgba.map((bytes) => bytes.buffer),
      );
    });
  }

  /** The points' images one after the other as a GIF, each pixel a square of `scale`. */
  film(points: readonly LatentPoint[], delay: number, scale: number): Promise<Uint8Array> {
    return this.#queue(async () => {
      const rgba: Uint8ClampedArray[] = [];
      let size = 0;
      for (let i = 0; i < points.length; i += filmChunk) {
        const some = await this.#draw(points.slice(i, i + filmChunk));
        size = some.size;
        rgba.push(...some.rgba.map((bytes) => enlarged(bytes, size, scale)));
      }
      const gif = gifOf({ size: size * scale, rgba }, delay);
      return Comlink.transfer(gif, [gif.buffer]);
    });
  }

  /** Takes real images in place of those before, as a generator of that shape would draw them. */
  compareWith(source: RealSource | undefined, shape: RealShape): Promise<RealBank> {
    return this.#realQueue(async () => {
      this.#real = undefined;
      if (!source) return { count: 0, refused: [] };
      this.#real = await readReal(source, shape);
      const { count, refused } = this.#real;
      return { count, refused };
    });
  }

  /** The `k` real images that differ least from a picture, nearest first; none before `compareWith`. */
  nearest(picture: Uint8ClampedArray, k: number): Promise<readonly RealNeighbour[]> {
    return this.#realQueue(async () => {
      const real = this.#real;
      if (!real || picture.length !== 4 * real.size ** 2) return [];
      const { channels, size, pixels } = real;
      const each = channels * size * size;
      return nearestImages(planesOf(picture, channels), pixels, k).map(({ index, distance }) => {
        const planes = pixels.subarray(index * each, (index + 1) * each);
        const [rgba] = picturesOfBytes(planes, channels, size).rgba;
        return { name: real.nameOf(index), distance, rgba: rgba as Uint8ClampedArray };
      });
    });
  }

  async #draw(points: readonly LatentPoint[]): Promise<Pictures> {
    const { latent, classes, channels, size } = this.#file as ImageFile;
    const n = points.length;
    const feeds = new Map<string, Tensor>();
    feeds.set("z", { dtype: "f32", dims: [n, latent], data: stacked(points) });
    if (classes.length > 0) {
      const data = Int32Array.from(points, ({ label = 0 }) => label);
      feeds.set("labels", { dtype: "i32", dims: [n], data });
    }
    const outputs = await (this.#session as ModelFileSession).run(feeds);
    return picturesOf(outputs.get("images") as Float32Array, channels, size);
  }
}

Comlink.expose(new ExploreServer());
