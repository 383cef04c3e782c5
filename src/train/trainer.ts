import { type Game, isDue, type Phase } from "../adversarial/index.ts";
import { BatchOrder, type BatchOrderState } from "../data/batches.ts";
import type { ImageDataset } from "../data/image-dataset.ts";
import { Prefetcher } from "../data/prefetch.ts";
import { elementCount } from "../graph/value.ts";
import type { NamedTensor } from "../onnx/safetensors.ts";
import { emaDecay, type Schedule, scheduleAt } from "../optim/index.ts";
import type { RunConfig } from "../recipes/index.ts";
import type { Backend, Tensor } from "../runtime/session.ts";
import { GansmithError } from "../util/errors.ts";
import type { RandomState } from "../util/random.ts";
import { type Checkpoint, matchTensors } from "./checkpoint.ts";
import { createEngine } from "./engine/create-engine.ts";
import type { Engine, PhaseScalars } from "./engine/engine.ts";
import { initialArrays } from "./initial-arrays.ts";
import { checkMemory } from "./memory.ts";
import { feedSchedules, NoiseSource } from "./noise.ts";
import { gameOf, imageShape, modelOf, optimizersOf } from "./resolve.ts";

/** Where a run stands besides its arrays; JSON, kept in every checkpoint. */
export interface TrainerState {
  readonly step: number;
  readonly images: number;
  readonly elapsedMs: number;
  readonly order: BatchOrderState;
  readonly noise: RandomState;
  readonly updates: Readonly<Record<string, number>>;
}

/** What one iteration gave. */
export interface StepResult {
  /** Losses and further scalars, e.g. `d.loss`, `g.loss`, `d.r1`. */
  readonly scalars: ReadonlyMap<string, number>;
}

export type MoveWatcher = (
  phase: Phase,
  feeds: ReadonlyMap<string, Tensor>,
  scalars: PhaseScalars,
) => void;

/**
 * The game being trained: engine, batches and random numbers, advanced one iteration at a time. It
 * knows nothing of files; `checkpoint` and `restore` carry everything that decides what comes next.
 */
export class Trainer {
  readonly config: RunConfig;
  readonly game: Game;
  readonly engine: Engine;
  #data: ImageDataset;
  #batches: Prefetcher;
  #noise: NoiseSource;
  #shapes: ReadonlyMap<string, readonly number[]>;
  #real: Tensor;
  #labels: Tensor;
  #step = 0;
  #images = 0;
  #elapsedMs = 0;

  static async create(
    config: RunConfig,
    data: ImageDataset,
    backend: Backend,
    from?: Checkpoint,
  ): Promise<Trainer> {
    const model = modelOf(config, data.channels, data.classes.length);
    const game = gameOf(config, model, imageShape(model));
    // An accelerator has memory of its own, and says itself when it is full.
    if (!backend.keepsOnDevice) checkMemory(game, config.batch);
    const engine = await createEngine(game, backend, optimizersOf(config));
    const trainer = new Trainer(config, game, engine, data, from);
    if (from) await trainer.#restore(from);
    else await engine.write(initialArrays(game, config.seed, engine.arrayNames));
    return trainer;
  }

  private constructor(
    config: RunConfig,
    game: Game,
    engine: Engine,
    data: ImageDataset,
    from?: Checkpoint,
  ) {
    const state = from?.state as unknown as TrainerState | undefined;
    this.config = config;
    this.game = game;
    this.engine = engine;
    this.#data = data;
    const order = new BatchOrder(data.count, config.batch, config.seed, state?.order);
    this.#batches = new Prefetcher(data, order);
    this.#noise = new NoiseSource(game, config.seed, state?.noise);
    this.#shapes = arrayShapes(game, engine.arrayNames);
    const { channels, size } = data;
    const dims = [config.batch, channels, size, size];
    this.#real = { dtype: "f32", dims, data: new Float32Array(elementCount(dims)) };
    this.#labels = { dtype: "i32", dims: [config.batch], data: new Int32Array(config.batch) };
  }

  /** Iterations done. */
  get step(): number {
    return this.#step;
  }

  /** Thousands of real images that the discriminator was shown. */
  get kimg(): number {
    return this.#images / 1000;
  }

  /** Time spent in iterations, over all sessions of the run. */
  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  get epoch(): number {
    return this.#batches.state.epoch;
  }

  /** How far the run is, 0 to 1, by whichever limit is nearest. */
  get progress(): number {
    const { steps, kimg, minutes, epochs } = this.config.length;
    return Math.min(
      1,
      Math.max(
        steps ? this.#step / steps : 0,
        kimg ? this.kimg / kimg : 0,
        minutes ? this.#elapsedMs / 60_000 / minutes : 0,
        epochs ? this.#images / (epochs * this.stepsPerEpoch * this.config.batch) : 0,
      ),
    );
  }

  /** Batches in one pass over the data. */
  get stepsPerEpoch(): number {
    return Math.max(1, Math.floor(this.#data.count / this.config.batch));
  }

  /**
   * Plays one iteration. `watch` sees every move with what it was fed, which the next move
   * overwrites. Throws a numeric error as soon as a loss is not finite.
   */
  async advance(watch?: MoveWatcher): Promise<StepResult> {
    const start = performance.now();
    const scalars = new Map<string, number>();
    const feeds = new Map<string, Tensor>([
      ["real", this.#real],
      ["labels", this.#labels],
    ]);
    for (const phase of this.game.plan) {
      if (!isDue(phase, this.#step)) continue;
      if (phase.network === "discriminator" && !phase.interval) this.#nextBatch();
      this.#noise.feed(phase, feeds);
      feedSchedules(phase, this.kimg, feeds);
      const rate = this.#learningRate(phase.network as "discriminator" | "generator");
      const played = await this.engine.play(phase, feeds, rate);
      watch?.(phase, feeds, played);
      for (const [name, value] of played) scalars.set(`${phase.name}.${name}`, value);
    }
    this.#step++;
    if (this.config.emaKimg > 0) {
      const decay = emaDecay(this.config.emaKimg, this.config.batch, this.kimg);
      await this.engine.average(decay);
    }
    this.#elapsedMs += performance.now() - start;
    for (const [name, value] of scalars) {
      if (!Number.isFinite(value)) throw divergence(name, value, this.#step);
    }
    return { scalars };
  }

  /** Everything that decides how the run goes on. Throws a numeric error rather than keep a NaN. */
  async checkpoint(): Promise<Checkpoint> {
    const tensors = new Map<string, NamedTensor>();
    for (const [name, data] of await this.engine.read()) {
      const bad = data.findIndex((x) => !Number.isFinite(x));
      if (bad >= 0) throw divergence(name, data[bad] as number, this.#step);
      tensors.set(name, {
        dtype: "F32",
        shape: this.#shapes.get(name) ?? [data.length],
        data: data as Float32Array<ArrayBuffer>,
      });
    }
    const state: TrainerState = {
      step: this.#step,
      images: this.#images,
      elapsedMs: this.#elapsedMs,
      order: this.#batches.state,
      noise: this.#noise.state,
      updates: Object.fromEntries(this.engine.updates),
    };
    return { step: this.#step, tensors, state: state as never };
  }

  /** The generator's arrays for sampling, by variable name: the average where one is kept. */
  async generatorArrays(): Promise<Map<string, Float32Array>> {
    const prefix = this.config.emaKimg > 0 ? "ema/" : "";
    const names = this.game.variables.under("generator").map((v) => v.name);
    const arrays = await this.engine.read(names.map((name) => prefix + name));
    return new Map(names.map((name) => [name, arrays.get(prefix + name) as Float32Array]));
  }

  async release(): Promise<void> {
    this.#batches.close();
    await this.engine.release();
  }

  async #restore({ tensors, state }: Checkpoint): Promise<void> {
    matchTensors(this.#shapes, tensors);
    const { step, images, elapsedMs, updates } = state as unknown as TrainerState;
    const arrays = [...tensors].map(([name, t]) => [name, t.data as Float32Array] as const);
    await this.engine.write(new Map(arrays));
    for (const [network, count] of Object.entries(updates)) this.engine.updates.set(network, count);
    this.#step = step;
    this.#images = images;
    this.#elapsedMs = elapsedMs;
  }

  #nextBatch(): void {
    const { images, labels } = this.#batches.next();
    (this.#real.data as Float32Array).set(images);
    (this.#labels.data as Int32Array).set(labels);
    this.#images += this.config.batch;
  }

  #learningRate(network: "discriminator" | "generator"): number {
    return scheduleAt(this.config.optimizer[network].learningRate as Schedule, this.kimg);
  }
}

/** Shapes by array name: optimizer slots and averages have the shape of their variable. */
function arrayShapes(game: Game, names: readonly string[]): Map<string, readonly number[]> {
  return new Map(
    names.map((name) => {
      const own = name.replace(/^(optimizer\/[^/]+|ema)\//, "");
      return [name, game.variables.all.get(own)?.shape ?? []];
    }),
  );
}

function divergence(name: string, value: number, step: number): GansmithError {
  return new GansmithError(
    "numeric",
    `training diverged: ${name} became ${value} at step ${step}. The last checkpoint is good; lower ` +
      "the learning rate (--set optimizer.discriminator.learningRate=0.0001) or add a regularizer, then resume.",
  );
}
