import { join } from "node:path";
import type { ImageDataset } from "../../data/image-dataset.ts";
import { encodePng } from "../../data/image-grid.ts";
import type { RunConfig } from "../../recipes/index.ts";
import type { Backend } from "../../runtime/session.ts";
import { usageError } from "../../util/errors.ts";
import type { JsonObject } from "../../util/json.ts";
import { writeFileAtomic } from "../../util/node/files.ts";
import type { Sampler } from "../loop/sampler.ts";
import type { Trainer } from "../loop/trainer.ts";
import { countParameters } from "../plan.ts";
import type { CheckpointStore } from "../run-folder/checkpoint.ts";
import { EventWriter } from "../run-folder/events.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import { ScalarAccumulator, summarize } from "../run-folder/scalar-accumulator.ts";
import { TensorBoardWriter } from "../run-folder/tensorboard.ts";
import { Care } from "./care.ts";
import { machineInfo } from "./machine.ts";
import type { TrainingEnd, TrainingJob } from "./messages.ts";
import { type Begun, openSession, type SessionHooks, type SessionParts } from "./open-session.ts";
import { withDataset } from "./run-data.ts";

/** Samples in a picture. */
const pictureSamples = 64;
const pictureColumns = 8;
/** Short runs are not slowed down by their pictures. */
const pictureRestMs = 3000;
/** At most this often a step is reported, */
const reportEveryMs = 100;
/** besides these, counted within an epoch. */
const reportEverySteps = 100;

/**
 * Trains in the calling thread until the run is done or asked to stop, writing everything that a run
 * folder holds. A new folder is made only when data and networks are ready; it is locked meanwhile.
 */
export async function runSession(job: TrainingJob, hooks: SessionHooks): Promise<TrainingEnd> {
  for (let next = job; ; ) {
    const { parts, begun } = await openSession(next, hooks);
    const session = new TrainingSession(parts, begun);
    try {
      const end = await session.train();
      if (end.reason !== "treated") return end as TrainingEnd;
      next = { kind: "resume", path: end.run };
    } finally {
      await session.close();
    }
  }
}

/** The end of a session: of training, or where the guard has to begin another one. */
type SessionEnd = TrainingEnd | { readonly run: string; readonly reason: "treated" };

class TrainingSession {
  #folder: RunFolder;
  #config: RunConfig;
  #hooks: SessionHooks;
  #trainer: Trainer;
  #sampler: Sampler;
  #data: ImageDataset;
  #backend: Backend;
  #store: CheckpointStore;
  #events: EventWriter;
  #board: TensorBoardWriter;
  #scalars = new ScalarAccumulator();
  #lastReport = 0;
  #lastCheckpointMs: number;
  #lastCheckpointStep: number;
  #pictures: number;
  #lastPictureMs = 0;
  #care: Care;
  /** What this run begins with cannot be drawn again from its seed: it is kept. */
  #keepsFirst: boolean;

  constructor(parts: SessionParts, begun: Begun | undefined) {
    const from = begun?.from;
    this.#folder = parts.folder;
    this.#config = parts.config;
    this.#hooks = parts.hooks;
    this.#trainer = parts.trainer;
    this.#sampler = parts.sampler;
    this.#data = parts.data;
    this.#backend = parts.backend;
    this.#store = parts.store;
    const { step } = this.#trainer;
    this.#events = new EventWriter(this.#folder.eventsPath);
    this.#board = new TensorBoardWriter(this.#folder.path, begun ? { resumeStep: step } : {});
    this.#care = new Care(parts.attendance, this.#config, begun?.events ?? [], {
      store: this.#store,
      events: this.#events,
      board: this.#board,
      report: (report) => this.#hooks.report(report),
    });
    const { weights } = parts;
    this.#keepsFirst = weights !== undefined;
    const info: JsonObject = {
      ...machineInfo(this.#backend, this.#config),
      ...(weights && { weights: { run: weights.run, step: weights.checkpoint.step } }),
    };
    if (from) this.#store.discardAfter(step);
    this.#events.write(from ? { type: "resume", step, info } : { type: "start", info });
    this.#lastCheckpointMs = performance.now();
    this.#lastCheckpointStep = from ? step : -1;
    this.#pictures = Math.floor(this.#trainer.progress * this.#config.pictures);
    this.#ready();
  }

  #ready(): void {
    const { name, count, channels, size, classes } = this.#data;
    const { backend, threads } = machineInfo(this.#backend, this.#config);
    this.#hooks.report({
      type: "ready",
      run: this.#folder.path,
      recipe: this.#config.recipe,
      model: this.#config.model.name,
      step: this.#trainer.step,
      seed: this.#config.seed,
      batch: this.#config.batch,
      data: { name, images: count, channels, size, classes: classes.length },
      parameters: countParameters(this.#trainer.game.variables),
      backend: String(backend),
      threads: Number(threads),
    });
  }

  async train(): Promise<SessionEnd> {
    try {
      if (this.#keepsFirst) await this.#checkpoint();
      if (this.#trainer.step === 0) await this.#picture();
      while (this.#trainer.progress < 1 && !this.#hooks.stopping()) {
        await this.#step();
        if (this.#care.treated) return { run: this.#folder.path, reason: "treated" };
      }
    } catch (error) {
      if (this.#care.treats(error, this.#trainer.step)) {
        return { run: this.#folder.path, reason: "treated" };
      }
      this.#fail(error);
      throw error;
    }
    if (this.#lastCheckpointStep !== this.#trainer.step) await this.#checkpoint();
    const finished = this.#trainer.progress >= 1;
    if (finished) await this.#picture();
    const { step, kimg, elapsedMs } = this.#trainer;
    const reason = finished ? "finished" : "interrupted";
    this.#events.write({ type: "stop", step, reason });
    return { run: this.#folder.path, reason, step, kimg, elapsedMs };
  }

  async close(): Promise<void> {
    this.#events.close();
    this.#board.close();
    await this.#care.release();
    await this.#trainer.release();
    await this.#sampler.release();
    this.#data.close();
    await this.#backend.release?.();
    this.#folder.release();
  }

  async #step(): Promise<void> {
    const { scalars } = await this.#trainer.advance();
    const { step } = this.#trainer;
    for (const [name, value] of scalars) this.#scalars.add(name, value);
    if (step % this.#config.logEverySteps === 0) this.#log();
    const now = performance.now();
    const shown = ((step - 1) % this.#trainer.stepsPerEpoch) + 1;
    const due =
      now - this.#lastReport >= reportEveryMs ||
      shown % reportEverySteps === 0 ||
      this.#trainer.progress >= 1;
    if (due) {
      this.#lastReport = now;
      this.#progress(scalars);
    }
    if (await this.#care.examine(this.#trainer)) await this.#checkpoint();
    if (this.#care.treated) return;
    const bySteps =
      this.#config.checkpointEverySteps !== undefined &&
      step % this.#config.checkpointEverySteps === 0;
    const byTime = now - this.#lastCheckpointMs >= this.#config.checkpointEverySeconds * 1000;
    if ((bySteps || byTime) && this.#lastCheckpointStep !== step) await this.#checkpoint();
    const pictures = Math.floor(this.#trainer.progress * this.#config.pictures);
    const rested = now - this.#lastPictureMs >= pictureRestMs;
    if (pictures > this.#pictures && rested && this.#trainer.progress < 1) {
      this.#pictures = pictures;
      await this.#picture();
    }
  }

  /** Writes the losses since the last entry. */
  #log(): void {
    if (this.#scalars.empty) return;
    const { step, kimg, elapsedMs, progress } = this.#trainer;
    const values = this.#scalars.take();
    this.#events.write({ type: "scalars", step, kimg, elapsedMs, progress, values });
    const means = Object.entries(values).map(([name, m]) => [name, summarize(m).mean] as const);
    this.#board.scalars(Object.fromEntries(means), step);
  }

  #progress(scalars: ReadonlyMap<string, number>): void {
    const { step, kimg, elapsedMs, progress, stepsPerEpoch } = this.#trainer;
    const { epochs } = this.#config.length;
    this.#hooks.report({
      type: "progress",
      step,
      epoch: Math.floor((step - 1) / stepsPerEpoch),
      stepInEpoch: ((step - 1) % stepsPerEpoch) + 1,
      stepsPerEpoch,
      ...(epochs !== undefined && { epochs }),
      kimg,
      progress,
      elapsedMs,
      scalars: Object.fromEntries(scalars),
      batch: this.#config.batch,
    });
  }

  async #checkpoint(): Promise<void> {
    const checkpoint = withDataset(await this.#trainer.checkpoint(), this.#data);
    this.#log();
    this.#events.flush({ durable: true });
    const file = this.#store.save(checkpoint);
    this.#events.write({
      type: "checkpoint",
      step: checkpoint.step,
      file: relativeTo(this.#folder, file),
    });
    this.#hooks.report({ type: "checkpoint", step: checkpoint.step, file });
    this.#lastCheckpointMs = performance.now();
    this.#lastCheckpointStep = checkpoint.step;
  }

  /** The same noise at every picture, so that a run can be watched. */
  async #picture(): Promise<void> {
    const { step } = this.#trainer;
    this.#lastPictureMs = performance.now();
    this.#sampler.setWeights(await this.#trainer.generatorArrays());
    const chunks = this.#sampler.stream(pictureSamples, this.#config.seed, {
      chunk: pictureSamples,
    });
    const samples = (await chunks.next()).value as Float32Array;
    const { channels, size } = this.#data;
    const shape = { channels, size, columns: pictureColumns };
    const png = await encodePng(samples, { ...shape, scale: size < 48 ? 2 : 1 });
    const file = join("samples", `${String(step).padStart(6, "0")}.png`);
    writeFileAtomic(join(this.#folder.path, file), png);
    this.#events.write({ type: "sample", step, file });
    this.#board.image("samples", png, step);
    this.#hooks.report({
      type: "sample",
      step,
      file: join(this.#folder.path, file),
      samples,
      ...shape,
    });
  }

  #fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    try {
      this.#events.write({ type: "stop", step: this.#trainer.step, reason: "failed", message });
    } catch {
      // The disk may be what failed; the error itself is on its way to the user.
    }
  }
}

function relativeTo(folder: RunFolder, path: string): string {
  if (!path.startsWith(folder.path)) throw usageError(`${path} is not inside ${folder.path}.`);
  return path.slice(folder.path.length).replace(/^[/\\]/, "");
}
