import * as Comlink from "comlink";
import type { Backend } from "../../../runtime/session.ts";
import { chooseBackend } from "../../../runtime/web.ts";
import { summarize } from "../../../train/run-folder/scalar-accumulator.ts";
import { usageError } from "../../../util/errors.ts";
import {
  dataOfRun,
  type GivenFile,
  idxData,
  installedData,
  type LabData,
  type LabDataSpec,
  type LabShape,
  pictureData,
} from "../../lab/lab-data.ts";
import { type LabGrid, LabSession } from "../../lab/lab-session.ts";
import { type LabSettings, labConfig, settingsOfConfig } from "../../lab/lab-settings.ts";
import { filesOfRun, type OpenedRun, readRun } from "../../lab/run-files.ts";
import { decodePicture } from "../lab/decode-picture.ts";
import { BackPressure } from "./back-pressure.ts";
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

/** Where images come from: a package of the server, files that were given, the run that was opened. */
export type LabSource =
  | { readonly kind: "installed"; readonly name: string }
  | { readonly kind: "files"; readonly files: readonly File[] }
  | { readonly kind: "run" };

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
  #server = "";
  #data: { readonly key: string; readonly data: LabData } | undefined;
  #given: readonly GivenFile[] = [];
  #givenBy: readonly File[] | undefined;
  /** The last run that was opened. */
  #opened: OpenedRun | undefined;
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
    this.#server = server;
  }

  /** Begins a run anew. */
  begin(settings: LabSettings, source: LabSource, backend: string): Promise<OpenedLab> {
    this.#playing = false;
    return this.#queue(async () => {
      this.#listener?.onBusy("data");
      const data = await this.#load(source, { size: settings.size, channels: settings.channels });
      return this.#open(labConfig(settings, data), data, backend);
    });
  }

  /** Goes on with a run that was trained elsewhere, or here. */
  openRun(files: readonly File[], backend: string): Promise<OpenedLab> {
    this.#playing = false;
    return this.#queue(async () => {
      this.#listener?.onBusy("data");
      const from = readRun(filesOfRun(await contents(files)));
      const data = await this.#dataFor(from, from.config);
      this.#opened = from;
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

  async #load(source: LabSource, shape: LabShape): Promise<LabData> {
    const given = source.kind === "files" ? source.files : undefined;
    if (given && given !== this.#givenBy) {
      this.#given = await contents(given);
      this.#givenBy = given;
      this.#data = undefined;
    }
    const key = JSON.stringify([source.kind, "name" in source && source.name, shape]);
    if (this.#data?.key === key && source.kind !== "run") return this.#data.data;
    this.#data = undefined;
    const data = await this.#read(source, shape);
    this.#data = { key, data };
    return data;
  }

  async #read(source: LabSource, shape: LabShape): Promise<LabData> {
    if (source.kind === "installed") return this.#installed({ name: source.name }, shape);
    if (source.kind === "files") return fromFiles(this.#given, shape);
    if (!this.#opened) throw usageError("there is no run yet; open one first.");
    return this.#dataFor(this.#opened, shape);
  }

  /** The images of a run: its own, the server's, or those that are here. */
  async #dataFor(run: OpenedRun, { size, channels }: LabShape): Promise<LabData> {
    const { config, checkpoint, files } = run;
    const spec = config.data as LabDataSpec;
    const own = await dataOfRun(spec, { size, channels }, files, decodePicture);
    if (own) return own;
    const { dataset } = checkpoint.state as unknown as { dataset: { fingerprint: string } };
    const here = await this.#sameAs(dataset.fingerprint, { size, channels });
    if (here) return here;
    if (this.#server && spec.path === undefined) return this.#installed(spec, { size, channels });
    throw usageError(
      `this run was trained on the data set "${spec.name}", which is not in its files: choose those images first, then open the run again.`,
    );
  }

  async #sameAs(fingerprint: string, shape: LabShape): Promise<LabData | undefined> {
    if (this.#data?.data.images.fingerprint === fingerprint) return this.#data.data;
    if (this.#given.length === 0) return undefined;
    const data = await fromFiles(this.#given, shape);
    return data.images.fingerprint === fingerprint ? data : undefined;
  }

  async #installed(spec: LabDataSpec, { size, channels }: LabShape): Promise<LabData> {
    const query = new URLSearchParams({ size: String(size) });
    if (channels !== undefined) query.set("channels", String(channels));
    if (spec.limit !== undefined) query.set("limit", String(spec.limit));
    const response = await fetch(`${this.#server}${encodeURIComponent(spec.name)}?${query}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.ok) return installedData(spec, bytes);
    throw usageError(errorOf(new TextDecoder().decode(bytes)) || `status ${response.status}`);
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

/** IDX files, or pictures. */
function fromFiles(files: readonly GivenFile[], shape: LabShape): Promise<LabData> {
  const isIdx = files.every(({ name, bytes }) => /ubyte|\.gz$/.test(name) || bytes[2] === 8);
  return isIdx ? idxData(files, shape) : pictureData(files, shape, decodePicture);
}

function contents(files: readonly File[]): Promise<GivenFile[]> {
  return Promise.all(
    files.map(async (file) => ({
      name: file.name,
      bytes: new Uint8Array(await file.arrayBuffer()),
    })),
  );
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

function errorOf(text: string): string {
  try {
    return (JSON.parse(text) as { error: string }).error;
  } catch {
    return text;
  }
}

Comlink.expose(new LabServer());
