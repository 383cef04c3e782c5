import * as Comlink from "comlink";
import type { Backend } from "../../../runtime/session.ts";
import { chooseBackend } from "../../../runtime/web.ts";
import { summarize } from "../../../train/run-folder/scalar-accumulator.ts";
import { usageError } from "../../../util/errors.ts";
import type { LabData } from "../../lab/lab-data.ts";
import { type LabGrid, LabSession } from "../../lab/lab-session.ts";
import { type LabSettings, labConfig, settingsOfConfig } from "../../lab/lab-settings.ts";
import { filesOfRun, type OpenedRun, readRun } from "../../lab/run-files.ts";
import { BackPressure } from "./back-pressure.ts";
import { contents, type LabSource, LabSources } from "./lab-sources.ts";
import { oneAtATime } from "./queue.ts";
import { runtimeFiles } from "./runtime-files.ts";
import { letOthersIn } from "./yield.ts";

/** Losses of an iteration, by name. */
export interface LabLosses {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** What is trained on, for the page to say. */
export interface LabAbout {
  readonly name: string;
  readonly count: number;
  readonly channels: 1 | 3;
  readonly size: number;
  readonly classes: number;
  readonly step: number;
}

export interface LabProgress {
  readonly step: number;
  readonly kimg: number;
  readonly losses: readonly LabLosses[];
  readonly grid: LabGrid | undefined;
  /** Real images a second; 0 while nothing is played. */
  readonly perSecond: number;
}

/** What the page hears. */
export interface LabListener {
  /** Resolves once it is drawn: nothing further comes before. */
  onProgress(progress: LabProgress): Promise<void>;
  onBusy(what: "data" | "graphs" | ""): void;
  onProblem(message: string): void;
}

export interface OpenedLab {
  readonly settings: LabSettings;
  readonly about: LabAbout;
  readonly reals: LabGrid;
  readonly losses: readonly LabLosses[];
}

/** A file for the reader to keep. */
export interface LabDownload {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Time between two messages, and the most of its time that drawing grids may take. */
const messageEveryMs = 100;
const gridEveryMs = 500;
const gridShare = 0.1;
const shownReals = 64;

/** Trains on images away from the page, so that the page never waits. */
export class LabServer {
  #backend: Backend | undefined;
  #session: LabSession | undefined;
  #listener: LabListener | undefined;
  #sources = new LabSources("");
  #playing = false;
  #losses: LabLosses[] = [];
  readonly #pressure = new BackPressure();
  readonly #queue = oneAtATime((error) => {
    this.#playing = false;
    this.#listener?.onBusy("");
    this.#listener?.onProblem(error.message);
  });

  /** `server` is the address of installed data sets; "" where there is no server. */
  listen(listener: LabListener, server: string): void {
    this.#listener = listener;
    this.#sources = new LabSources(server);
  }

  /** Begins a run anew. */
  begin(settings: LabSettings, source: LabSource, backend: string): Promise<OpenedLab> {
    this.#playing = false;
    return this.#queue(async () => {
      this.#listener?.onBusy("data");
      const data = await this.#sources.load(source, {
        size: settings.size,
        channels: settings.channels,
      });
      return this.#open(labConfig(settings, data), data, backend);
    });
  }

  /** Goes on with a run that was trained elsewhere, or here. */
  openRun(files: readonly File[], backend: string): Promise<OpenedLab> {
    this.#playing = false;
    return this.#queue(async () => {
      this.#listener?.onBusy("data");
      const from = readRun(filesOfRun(await contents(files)));
      const data = await this.#sources.open(from);
      return this.#open(from.config, data, backend, from);
    });
  }

  play(): void {
    if (this.#playing || !this.#session) return;
    this.#playing = true;
    void this.#queue(() => this.#run()).catch(() => {});
  }

  async pause(): Promise<void> {
    this.#playing = false;
    await this.#queue(async () => {});
  }

  step(): Promise<void> {
    return this.#queue(async () => {
      await this.#advance();
      await this.#show(0, true);
    });
  }

  exportRun(): Promise<LabDownload> {
    return this.#download(async (session) => ({
      name: `${session.name}.zip`,
      bytes: await session.exportRun(),
    }));
  }

  exportOnnx(): Promise<LabDownload> {
    return this.#download(async (session) => ({
      name: `${session.name}.onnx`,
      bytes: await session.exportOnnx(),
    }));
  }

  async #open(
    config: LabSession["config"],
    data: LabData,
    backend: string,
    from?: OpenedRun,
  ): Promise<OpenedLab> {
    this.#listener?.onBusy("graphs");
    await letOthersIn();
    await this.#close();
    const cores = globalThis.crossOriginIsolated ? navigator.hardwareConcurrency : 1;
    const threads = Math.max(1, Math.min(4, cores - 1));
    this.#backend = await chooseBackend(backend, { threads, wasmPaths: runtimeFiles });
    this.#session = await LabSession.create({ config, data, backend: this.#backend, from });
    this.#listener?.onBusy("");
    this.#losses = [];
    await this.#show(0, true);
    const { name, count, channels, size, classes } = data.images;
    const { step } = this.#session;
    return {
      settings: settingsOfConfig(config),
      about: { name, count, channels, size, classes: classes.length, step },
      reals: this.#session.reals(shownReals),
      losses: from ? earlierLosses(from) : [],
    };
  }

  async #run(): Promise<void> {
    let from = performance.now();
    let shownAt = from;
    let gridAt = from;
    let gridMs = 0;
    let done = 0;
    while (this.#playing) {
      await this.#advance();
      done++;
      const now = performance.now();
      if (this.#pressure.free && now - shownAt >= messageEveryMs) {
        const withGrid = now - gridAt >= Math.max(gridEveryMs, gridMs / gridShare);
        const batch = this.#session?.config.batch ?? 0;
        await this.#show((1000 * done * batch) / (now - from), withGrid);
        shownAt = performance.now();
        if (withGrid) {
          gridAt = shownAt;
          gridMs = shownAt - now;
        }
        if (now - from > 4000) [from, done] = [shownAt, 0];
      }
      // ONNX Runtime's own awaits let no message in.
      await letOthersIn();
    }
    await this.#show(0, true);
  }

  async #advance(): Promise<void> {
    const session = this.#session;
    if (!session) throw usageError("there is no run yet; choose images first.");
    const values = Object.fromEntries(await session.advance());
    this.#losses.push({ step: session.step, values });
  }

  async #show(perSecond: number, withGrid: boolean): Promise<void> {
    const session = this.#session;
    if (!session || !this.#listener) return;
    const grid = withGrid ? await session.grid() : undefined;
    const losses = this.#losses;
    this.#losses = [];
    const { step } = session;
    const { kimg } = session.trainer;
    const progress: LabProgress = { step, kimg, losses, grid, perSecond };
    const moved = grid ? [grid.pixels.buffer as ArrayBuffer] : [];
    this.#pressure.send(this.#listener.onProgress(Comlink.transfer(progress, moved)));
  }

  #download(make: (session: LabSession) => Promise<LabDownload>): Promise<LabDownload> {
    const playing = this.#playing;
    this.#playing = false;
    const made = this.#queue(async () => {
      if (!this.#session) throw usageError("there is no run yet; choose images first.");
      const file = await make(this.#session);
      return Comlink.transfer(file, [file.bytes.buffer as ArrayBuffer]);
    });
    return made.finally(() => {
      if (playing) this.play();
    });
  }

  async #close(): Promise<void> {
    await this.#session?.release();
    await this.#backend?.release?.();
    this.#session = undefined;
    this.#backend = undefined;
  }
}

/** What a run's events say of its losses. */
function earlierLosses({ events, checkpoint }: OpenedRun): LabLosses[] {
  return events.flatMap((e) =>
    e.type === "scalars" && e.step <= checkpoint.step
      ? [
          {
            step: e.step,
            values: Object.fromEntries(
              Object.entries(e.values).map(([name, moments]) => [name, summarize(moments).mean]),
            ),
          },
        ]
      : [],
  );
}

Comlink.expose(new LabServer());
