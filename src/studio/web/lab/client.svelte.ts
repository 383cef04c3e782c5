import * as Comlink from "comlink";
import type { LabGrid } from "../../lab/lab-session.ts";
import type { LabSettings } from "../../lab/lab-settings.ts";
import { thinned } from "../shell/lists.ts";
import { nextFrame } from "../shell/next-frame.ts";
import { type Connection, connect } from "../workers/connect.ts";
import type { LabSource } from "../workers/lab-sources.ts";
import type {
  LabAbout,
  LabDownload,
  LabLosses,
  LabProgress,
  LabServer,
  OpenedLab,
} from "../workers/lab-worker.ts";
import { dataAddress } from "./installed.ts";

/** Points that the loss chart keeps, and grids of the slider; then every other one goes. */
const keptLosses = 3000;
const keptGrids = 60;

/** A run of images as the page sees it; it is trained in a worker. */
export class LabClient {
  about = $state.raw<LabAbout>();
  reals = $state.raw<LabGrid>();
  grids = $state.raw<readonly LabGrid[]>([]);
  losses = $state.raw<readonly LabLosses[]>([]);
  step = $state(0);
  kimg = $state(0);
  perSecond = $state(0);
  playing = $state(false);
  busy = $state<"data" | "graphs" | "">("");
  problem = $state("");
  readonly #worker: Connection<LabServer>;

  constructor() {
    // Written in one piece: so the bundler sees that this is a worker.
    this.#worker = connect<LabServer>(
      new Worker(new URL("../workers/lab-worker.ts", import.meta.url), {
        type: "module",
        name: "lab",
      }),
      (message) => {
        this.problem = message;
      },
    );
    const listener = Comlink.proxy({
      onProgress: (progress: LabProgress) => this.#show(progress),
      onBusy: (what: "data" | "graphs" | "") => {
        this.busy = what;
      },
      onProblem: (message: string) => {
        this.problem = message;
        this.playing = false;
      },
    });
    void this.#worker.server.listen(listener, dataAddress);
  }

  /** Begins a run anew. */
  begin(settings: LabSettings, source: LabSource, backend: string): Promise<LabSettings> {
    return this.#opened(this.#worker.server.begin(settings, source, backend));
  }

  /** Goes on with a run from files; resolves to the settings that it has. */
  openRun(files: readonly File[], backend: string): Promise<LabSettings> {
    return this.#opened(this.#worker.server.openRun(files, backend));
  }

  play(): void {
    this.playing = true;
    void this.#worker.server.play();
  }

  async pause(): Promise<void> {
    await this.#worker.server.pause();
    this.playing = false;
  }

  async advance(): Promise<void> {
    if (this.playing) await this.pause();
    await this.#worker.server.step();
  }

  exportRun(): Promise<LabDownload> {
    return this.#worker.server.exportRun();
  }

  exportOnnx(): Promise<LabDownload> {
    return this.#worker.server.exportOnnx();
  }

  close(): void {
    this.#worker.close();
  }

  async #opened(opening: Promise<OpenedLab>): Promise<LabSettings> {
    this.playing = false;
    this.problem = "";
    this.grids = [];
    this.losses = [];
    const { settings, about, reals, losses } = await opening;
    this.about = about;
    this.reals = reals;
    this.losses = losses;
    return settings;
  }

  #show({ step, kimg, losses, grid, perSecond }: LabProgress): Promise<void> {
    this.step = step;
    this.kimg = kimg;
    if (perSecond > 0) this.perSecond = perSecond;
    if (losses.length > 0) this.losses = thinned([...this.losses, ...losses], keptLosses);
    if (grid) this.grids = thinned([...this.grids, grid], keptGrids);
    return nextFrame();
  }
}
