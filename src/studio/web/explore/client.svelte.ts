import * as Comlink from "comlink";
import type { ImageFile } from "../../explore/image-file.ts";
import type { LatentPoint } from "../../explore/path.ts";
import type { Pictures } from "../../explore/pictures.ts";
import type { ExploreServer } from "../workers/explore-worker.ts";

/** A generator of images as the page sees it; a worker draws. */
export class ExploreClient {
  file = $state.raw<ImageFile>();
  /** What went wrong with the worker itself. */
  problem = $state("");
  readonly #worker: Worker;
  readonly #server: Comlink.Remote<ExploreServer>;

  constructor() {
    // Written in one piece: so the bundler sees that this is a worker.
    this.#worker = new Worker(new URL("../workers/explore-worker.ts", import.meta.url), {
      type: "module",
      name: "explore",
    });
    this.#worker.onerror = (event) => {
      this.problem = event.message || "the worker that draws could not be started.";
    };
    this.#server = Comlink.wrap<ExploreServer>(this.#worker);
  }

  async open(bytes: Uint8Array, backend: "wasm" | "webgpu"): Promise<void> {
    this.file = await this.#server.open(bytes, backend);
  }

  draw(points: readonly LatentPoint[]): Promise<Pictures> {
    return this.#server.draw(points);
  }

  film(points: readonly LatentPoint[], delay: number, scale: number): Promise<Uint8Array> {
    return this.#server.film(points, delay, scale);
  }

  close(): void {
    this.#worker.terminate();
  }
}

/** The picture of a point that moves: while one is drawn only the newest wish waits. */
export class LivePicture {
  picture = $state.raw<Uint8ClampedArray>();
  readonly #draw: (point: LatentPoint) => Promise<Pictures>;
  readonly #onPicture: (picture: Uint8ClampedArray) => void;
  readonly #onProblem: (error: Error) => void;
  #wanted: LatentPoint | undefined;
  #drawing = false;

  constructor(
    draw: (point: LatentPoint) => Promise<Pictures>,
    onPicture: (picture: Uint8ClampedArray) => void,
    onProblem: (error: Error) => void,
  ) {
    this.#draw = draw;
    this.#onPicture = onPicture;
    this.#onProblem = onProblem;
  }

  async show(point: LatentPoint): Promise<void> {
    this.#wanted = point;
    if (this.#drawing) return;
    this.#drawing = true;
    try {
      while (this.#wanted) {
        const next = this.#wanted;
        this.#wanted = undefined;
        const { rgba } = await this.#draw(next);
        this.picture = rgba[0];
        if (rgba[0]) this.#onPicture(rgba[0]);
      }
    } catch (error) {
      this.#onProblem(error as Error);
    } finally {
      this.#drawing = false;
    }
  }
}
