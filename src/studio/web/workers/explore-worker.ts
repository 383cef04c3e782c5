import * as Comlink from "comlink";
import type { Tensor } from "../../../runtime/session.ts";
import { type ModelFileSession, openModelFile } from "../../../runtime/web-model-file.ts";
import { type ImageFile, readImageFile } from "../../explore/image-file.ts";
import { type LatentPoint, stacked } from "../../explore/path.ts";
import { enlarged, gifOf, type Pictures, picturesOf } from "../../explore/pictures.ts";
import { oneAtATime } from "./queue.ts";
import { runtimeFiles } from "./runtime-files.ts";

/** Images of a film drawn at a time: memory stays small. */
const filmChunk = 16;

/** Draws images away from the page, so that the page never waits. */
export class ExploreServer {
  #file: ImageFile | undefined;
  #session: ModelFileSession | undefined;
  readonly #queue = oneAtATime();

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

  draw(points: readonly LatentPoint[]): Promise<Pictures> {
    return this.#queue(async () => {
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
