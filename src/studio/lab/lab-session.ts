import { encodeModel } from "../../onnx/model.ts";
import type { RunConfig } from "../../recipes/index.ts";
import type { Backend } from "../../runtime/session.ts";
import { generatorModel } from "../../train/export/generator-model.ts";
import { Sampler } from "../../train/loop/sampler.ts";
import { Trainer } from "../../train/loop/trainer.ts";
import { modelOf } from "../../train/resolve.ts";
import { encodeCheckpoint, manifestNameOf } from "../../train/run-folder/checkpoint-files.ts";
import type { RunEvent } from "../../train/run-folder/run-event.ts";
import { encodeHeader } from "../../train/run-folder/run-header.ts";
import { ScalarAccumulator } from "../../train/run-folder/scalar-accumulator.ts";
import { checkSameData, type DatasetState, withDataset } from "../../train/session/run-data.ts";
import type { JsonObject } from "../../util/json.ts";
import { version } from "../../util/version.ts";
import type { LabData } from "./lab-data.ts";
import { type OpenedRun, packRun } from "./run-files.ts";

/** Samples of a grid, the same ones that Node draws of a run. */
export const gridSamples = 64;

/** Images side by side as bytes. */
export interface LabGrid {
  readonly step: number;
  readonly channels: 1 | 3;
  readonly size: number;
  /** [n, C, H, W]. */
  readonly pixels: Uint8Array;
}

/** What a session is made of; `from` is the run that it goes on with. */
export interface LabParts {
  readonly config: RunConfig;
  readonly data: LabData;
  readonly backend: Backend;
  readonly from?: OpenedRun | undefined;
}

/** One sitting of a run of images, in a page or out of one: what a run folder holds, in memory. */
export class LabSession {
  readonly config: RunConfig;
  readonly data: LabData;
  readonly trainer: Trainer;
  readonly #sampler: Sampler;
  readonly #createdAt: string;
  readonly #lines: string[];
  readonly #scalars = new ScalarAccumulator();

  /**
   * A run from its seed, or one that goes on as if it had never moved. Throws a data error when `from`
   * was trained on other images, and what the trainer throws.
   */
  static async create(parts: LabParts): Promise<LabSession> {
    const { config, data, backend, from } = parts;
    if (from) {
      const { dataset } = from.checkpoint.state as unknown as { dataset: DatasetState };
      const { fingerprint } = data.images;
      checkSameData(dataset.fingerprint, { name: config.data.name, fingerprint }, "images");
    }
    const trainer = await Trainer.create(config, data.images, backend, from?.checkpoint);
    try {
      const { channels, classes } = data.images;
      const model = modelOf(config, channels, classes.length);
      const sampler = await Sampler.create(model, backend);
      return new LabSession(parts, trainer, sampler);
    } catch (error) {
      await trainer.release();
      throw error;
    }
  }

  private constructor({ config, data, backend, from }: LabParts, trainer: Trainer, own: Sampler) {
    this.config = config;
    this.data = data;
    this.trainer = trainer;
    this.#sampler = own;
    this.#createdAt = from?.header.createdAt ?? new Date().toISOString();
    this.#lines = [...(from?.lines ?? [])];
    const info = { gansmith: version, platform: "browser", backend: backend.name };
    const { step } = trainer;
    this.#record(from ? { type: "resume", step, info } : { type: "start", info });
  }

  get step(): number {
    return this.trainer.step;
  }

  /** Plays an iteration; losses and other numbers by name. Throws where one is no number. */
  async advance(): Promise<ReadonlyMap<string, number>> {
    const { scalars } = await this.trainer.advance();
    for (const [name, value] of scalars) this.#scalars.add(name, value);
    if (this.step % this.config.logEverySteps === 0) this.#log();
    return scalars;
  }

  /** What the generator makes of the same noise every time; its average where one is kept. */
  async grid(): Promise<LabGrid> {
    this.#sampler.setWeights(await this.trainer.generatorArrays());
    const chunks = this.#sampler.stream(gridSamples, this.config.seed, { chunk: gridSamples });
    const samples = (await chunks.next()).value as Float32Array;
    const { channels, size } = this.data.images;
    const pixels = Uint8Array.from(samples, (v) =>
      Math.max(0, Math.min(255, Math.round((v + 1) * 127.5))),
    );
    return { step: this.step, channels, size, pixels };
  }

  /** The first real images as bytes. */
  reals(most: number): LabGrid {
    const { images } = this.data;
    const { channels, size } = images;
    const n = Math.min(most, images.count);
    const each = channels * size * size;
    const pixels = new Uint8Array(n * each);
    for (let i = 0; i < n; i++) pixels.set(images.pixelsOf(i), i * each);
    return { step: 0, channels, size, pixels };
  }

  /** A name for what is downloaded. */
  get name(): string {
    return `${this.config.recipe}-${String(this.step).padStart(6, "0")}`;
  }

  /** The run as a zip of a run folder, which `gansmith resume` goes on with once it is unpacked. */
  async exportRun(): Promise<Uint8Array> {
    const { step, config, data } = this;
    const checkpoint = withDataset(await this.trainer.checkpoint(), data.images);
    const files = encodeCheckpoint(checkpoint);
    this.#log();
    const file = `checkpoints/${manifestNameOf(step)}`;
    const ends: RunEvent[] = [
      { type: "checkpoint", step, file },
      { type: "stop", step, reason: "interrupted" },
    ];
    const events = [...this.#lines, ...ends.map(lineOf)].map((line) => `${line}\n`).join("");
    const header = encodeHeader({
      name: config.recipe,
      createdAt: this.#createdAt,
      config: JSON.parse(JSON.stringify(config)) as JsonObject,
    });
    const text = new TextEncoder();
    // A run that came from elsewhere names data that lie there.
    const own = JSON.stringify(config.data) === JSON.stringify(data.spec) ? data.files : [];
    return packRun(
      this.name,
      new Map([
        ["config.json", text.encode(header)],
        ["events.jsonl", text.encode(events)],
        ...[...files].map(([name, bytes]) => [`checkpoints/${name}`, bytes] as const),
        ...own,
      ]),
    );
  }

  /** The generator as one ONNX file with a free batch size. */
  async exportOnnx(): Promise<Uint8Array> {
    const { step, config, trainer } = this;
    const weights = await trainer.generatorArrays();
    const { model } = this.#sampler;
    const { classes } = this.data.images;
    return encodeModel(generatorModel(config, { step, model, weights, classes }));
  }

  async release(): Promise<void> {
    await this.#sampler.release();
    await this.trainer.release();
  }

  #log(): void {
    if (this.#scalars.empty) return;
    const { step, kimg, elapsedMs, progress } = this.trainer;
    const values = this.#scalars.take();
    this.#record({ type: "scalars", step, kimg, elapsedMs, progress, values });
  }

  #record(event: RunEvent): void {
    this.#lines.push(lineOf(event));
  }
}

/** A line of `events.jsonl`. */
function lineOf(event: RunEvent): string {
  return JSON.stringify({ time: Date.now(), ...event });
}
