import type { Game } from "../../adversarial/index.ts";
import { BatchOrder, type BatchOrderState } from "../../data/batches.ts";
import { type ImageBatches, PlainBatches } from "../../data/image-batches.ts";
import type { ImageDataset } from "../../data/image-dataset.ts";
import { elementCount } from "../../graph/value.ts";
import type { NamedTensor } from "../../onnx/safetensors.ts";
import type { RunConfig } from "../../recipes/index.ts";
import type { Backend, Tensor } from "../../runtime/session.ts";
import type { Engine } from "../engine/engine.ts";
import { gameOf, imageShape, modelOf } from "../resolve.ts";
import { type Checkpoint, matchTensors } from "../run-folder/checkpoint-content.ts";
import { divergence, GameLoop, type LoopState, type MoveWatcher } from "./game-loop.ts";
import { checkMemory } from "./memory.ts";

/** Where a run stands besides its arrays; JSON, kept in every checkpoint. */
export interface TrainerState extends LoopState {
  readonly elapsedMs: number;
  readonly order: BatchOrderState;
}

/** Reads the batches of an order. */
export type BatchReader = (data: ImageDataset, order: BatchOrder) => ImageBatches;

export interface TrainerOptions {
  readonly adapting?: boolean;
  readonly batches?: BatchReader;
  /** Arrays that a new game begins with in place of random ones; those that it has no use for are left. */
  readonly weights?: ((game: Game) => ReadonlyMap<string, Float32Array>) | undefined;
}

/** What one iteration gave. */
export interface StepResult {
  /** Losses and further scalars, e.g. `d.loss`, `g.loss`, `d.r1`. */
  readonly scalars: ReadonlyMap<string, number>;
}

/**
 * The game being trained: engine, batches and random numbers, advanced one iteration at a time. It
 * knows nothing of files; `checkpoint` and `restore` carry everything that decides what comes next.
 */
export class Trainer {
  readonly config: RunConfig;
  readonly loop: GameLoop;
  #data: ImageDataset;
  #batches: ImageBatches;
  #shapes: ReadonlyMap<string, readonly number[]>;
  #real: Tensor;
  #labels: Tensor;
  #elapsedMs: number;

  /**
   * A new game, or one that goes on `from` a checkpoint. `adapting`: the configuration has changed
   * since; arrays that the checkpoint lacks begin as in a new game, those that it has too many go.
   * `batches` reads the images; by default when each batch is asked for.
   */
  static async create(
    config: RunConfig,
    data: ImageDataset,
    backend: Backend,
    from?: Checkpoint,
    {
      adapting = false,
      batches = (d, order) => new PlainBatches(d, order),
      weights,
    }: TrainerOptions = {},
  ): Promise<Trainer> {
    const model = modelOf(config, data.channels, data.classes.length);
    const game = gameOf(config, model, imageShape(model));
    // An accelerator has memory of its own, and says itself when it is full.
    if (!backend.keepsOnDevice) checkMemory(game, config.batch);
    const state = from?.state as unknown as TrainerState | undefined;
    const given = weights?.(game);
    const loop = await GameLoop.create(game, backend, config, config.seed, state);
    const trainer = new Trainer(config, loop, data, batches, state);
    if (from) await trainer.#restore(from, adapting);
    if (given) await trainer.#write(given);
    return trainer;
  }

  private constructor(
    config: RunConfig,
    loop: GameLoop,
    data: ImageDataset,
    batches: BatchReader,
    state: TrainerState | undefined,
  ) {
    this.config = config;
    this.loop = loop;
    this.#data = data;
    const order = new BatchOrder(data.count, config.batch, config.seed, state?.order);
    this.#batches = batches(data, order);
    this.#shapes = arrayShapes(loop.game, loop.engine.arrayNames);
    this.#elapsedMs = state?.elapsedMs ?? 0;
    const { channels, size } = data;
    const dims = [config.batch, channels, size, size];
    this.#real = { dtype: "f32", dims, data: new Float32Array(elementCount(dims)) };
    this.#labels = { dtype: "i32", dims: [config.batch], data: new Int32Array(config.batch) };
  }

  get game(): Game {
    return this.loop.game;
  }

  get engine(): Engine {
    return this.loop.engine;
  }

  /** Iterations done. */
  get step(): number {
    return this.loop.step;
  }

  /** Thousands of real images that the discriminator was shown. */
  get kimg(): number {
    return this.loop.kimg;
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
        steps ? this.step / steps : 0,
        kimg ? this.kimg / kimg : 0,
        minutes ? this.#elapsedMs / 60_000 / minutes : 0,
        epochs ? this.loop.images / (epochs * this.stepsPerEpoch * this.config.batch) : 0,
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
    const feeds = new Map<string, Tensor>([
      ["real", this.#real],
      ["labels", this.#labels],
    ]);
    const scalars = await this.loop.advance(feeds, () => this.#nextBatch(), watch);
    this.#elapsedMs += performance.now() - start;
    return { scalars };
  }

  /** Everything that decides how the run goes on. Throws a numeric error rather than keep a NaN. */
  async checkpoint(): Promise<Checkpoint> {
    const tensors = new Map<string, NamedTensor>();
    for (const [name, data] of await this.engine.read()) {
      const bad = data.findIndex((x) => !Number.isFinite(x));
      if (bad >= 0) throw divergence(name, data[bad] as number, this.step);
      tensors.set(name, {
        dtype: "F32",
        shape: this.#shapes.get(name) ?? [data.length],
        data: data as Float32Array<ArrayBuffer>,
      });
    }
    const state: TrainerState = {
      ...this.loop.state,
      elapsedMs: this.#elapsedMs,
      order: this.#batches.state,
    };
    return { step: this.step, tensors, state: state as never };
  }

  /** The generator's arrays for sampling, by variable name: the average where one is kept. */
  generatorArrays(): Promise<Map<string, Float32Array>> {
    return this.loop.generatorArrays();
  }

  async release(): Promise<void> {
    this.#batches.close();
    await this.loop.release();
  }

  async #restore({ tensors }: Checkpoint, adapting: boolean): Promise<void> {
    if (!adapting) matchTensors(this.#shapes, tensors);
    const arrays = [...tensors].map(([name, t]) => [name, t.data as Float32Array] as const);
    await this.#write(new Map(arrays));
  }

  /** Those of `arrays` that the engine has. */
  async #write(arrays: ReadonlyMap<string, Float32Array>): Promise<void> {
    await this.engine.write(new Map([...arrays].filter(([name]) => this.#shapes.has(name))));
  }

  #nextBatch(): void {
    const { images, labels } = this.#batches.next();
    (this.#real.data as Float32Array).set(images);
    (this.#labels.data as Int32Array).set(labels);
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
