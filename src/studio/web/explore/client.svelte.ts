import type { ImageFile } from "../../explore/image-file.ts";
import type { LatentPoint } from "../../explore/path.ts";
import type { Pictures } from "../../explore/pictures.ts";
import { Latest } from "../shell/latest.ts";
import { type Connection, connect } from "../workers/connect.ts";
import type { ExploreServer, RealBank, RealNeighbour } from "../workers/explore-worker.ts";
import type { RealShape, RealSource } from "../workers/real-images.ts";

/** A generator of images as the page sees it; a worker draws. */
export class ExploreClient {
  file = $state.raw<ImageFile>();
  /** What went wrong with the worker itself. */
  problem = $state("");
  readonly #worker: Connection<ExploreServer>;

  constructor() {
    // Written in one piece: so the bundler sees that this is a worker.
    this.#worker = connect<ExploreServer>(
      new Worker(new URL("../workers/explore-worker.ts", import.meta.url), {
        type: "module",
        name: "explore",
      }),
      (message) => {
        this.problem = message;
      },
    );
  }

  async open(bytes: Uint8Array, backend: "wasm" | "webgpu"): Promise<void> {
    this.file = await this.#worker.server.open(bytes, backend);
  }

  draw(points: readonly LatentPoint[]): Promise<Pictures> {
    return this.#worker.server.draw(points);
  }

  film(points: readonly LatentPoint[], delay: number, scale: number): Promise<Uint8Array> {
    return this.#worker.server.film(points, delay, scale);
  }

  compareWith(source: RealSource | undefined, shape: RealShape): Promise<RealBank> {
    return this.#worker.server.compareWith(source, shape);
  }

  nearest(picture: Uint8ClampedArray, k: number): Promise<readonly RealNeighbour[]> {
    return this.#worker.server.nearest(picture, k);
  }

  close(): void {
    this.#worker.close();
  }
}

/** A point to show; in focus where the reader went there. */
interface Wish {
  readonly point: LatentPoint;
  readonly inFocus: boolean;
}

/** The picture of a point that moves: while one is drawn only the newest wish waits. */
export class LivePicture {
  picture = $state.raw<Uint8ClampedArray>();
  readonly show: (point: LatentPoint, inFocus: boolean) => void;

  constructor(
    draw: (point: LatentPoint) => Promise<Pictures>,
    onFocus: (picture: Uint8ClampedArray) => void,
    onProblem: (error: Error) => void,
  ) {
    const latest = new Latest<Wish>(async ({ point, inFocus }) => {
      const [picture] = (await draw(point)).rgba;
      this.picture = picture;
      if (picture && inFocus) onFocus(picture);
    });
    this.show = (point, inFocus) => void latest.ask({ point, inFocus }).catch(onProblem);
  }
}
