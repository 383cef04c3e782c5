import { type Game, isDue, type Phase } from "../../adversarial/index.ts";
import { emaDecay, type Schedule, scheduleAt } from "../../optim/index.ts";
import type { RunConfig } from "../../recipes/index.ts";
import type { Backend, Tensor } from "../../runtime/session.ts";
import { GansmithError } from "../../util/errors.ts";
import type { RandomState } from "../../util/random.ts";
import { createEngine } from "../engine/create-engine.ts";
import type { Engine, PhaseScalars } from "../engine/engine.ts";
import { optimizersOf } from "../resolve.ts";
import { initialArrays } from "./initial-arrays.ts";
import { feedSchedules, NoiseSource } from "./noise.ts";

/** What of a configuration decides how a game is played. */
export type LoopConfig = Pick<RunConfig, "optimizer" | "batch" | "emaKimg">;

export type MoveWatcher = (
  phase: Phase,
  feeds: ReadonlyMap<string, Tensor>,
  scalars: PhaseScalars,
) => void;

/** Where a loop stands besides its arrays; JSON. */
export interface LoopState {
  readonly step: number;
  /** Real samples that the discriminator was shown. */
  readonly images: number;
  readonly noise: RandomState;
  readonly updates: Readonly<Record<string, number>>;
}

/** A game that is played iteration by iteration, on samples of any kind. */
export class GameLoop {
  readonly game: Game;
  readonly engine: Engine;
  readonly #config: LoopConfig;
  #noise: NoiseSource;
  #step: number;
  #images: number;

  /** A game's loop from seeded weights, or from where one stood (`engine.write` its arrays then). */
  static async create(
    game: Game,
    backend: Backend,
    config: LoopConfig,
    seed: number,
    from?: LoopState,
  ): Promise<GameLoop> {
    const engine = await createEngine(game, backend, optimizersOf(config));
    await engine.write(initialArrays(game, seed, engine.arrayNames));
    return new GameLoop(game, engine, config, seed, from);
  }

  private constructor(
    game: Game,
    engine: Engine,
    config: LoopConfig,
    seed: number,
    from?: LoopState,
  ) {
    this.game = game;
    this.engine = engine;
    this.#config = config;
    this.#noise = new NoiseSource(game, seed, from?.noise);
    this.#step = from?.step ?? 0;
    this.#images = from?.images ?? 0;
    for (const [network, count] of Object.entries(from?.updates ?? {})) {
      engine.updates.set(network, count);
    }
  }

  /** Iterations done. */
  get step(): number {
    return this.#step;
  }

  get images(): number {
    return this.#images;
  }

  /** Thousands of real samples that the discriminator was shown. */
  get kimg(): number {
    return this.#images / 1000;
  }

  get state(): LoopState {
    return {
      step: this.#step,
      images: this.#images,
      noise: this.#noise.state,
      updates: Object.fromEntries(this.engine.updates),
    };
  }

  /**
   * Plays one iteration; `nextBatch` puts fresh real samples into `feeds`. `watch` sees every move with
   * what it was fed, which the next move overwrites. `moves` are the game's plan, or those of its phases
   * that this iteration is made of. Returns losses and further scalars, such as
   * `d.loss`, `g.loss`, `d.r1`; throws a numeric error as soon as one is not finite.
   */
  async advance(
    feeds: Map<string, Tensor>,
    nextBatch: () => void,
    watch?: MoveWatcher,
    moves: readonly Phase[] = this.game.plan,
  ): Promise<ReadonlyMap<string, number>> {
    const { batch, emaKimg, optimizer } = this.#config;
    const scalars = new Map<string, number>();
    for (const phase of moves) {
      if (!isDue(phase, this.#step)) continue;
      if (phase.network === "discriminator" && !phase.interval) {
        nextBatch();
        this.#images += batch;
      }
      this.#noise.feed(phase, feeds);
      feedSchedules(phase, this.kimg, feeds);
      const { learningRate } = optimizer[phase.network as keyof typeof optimizer];
      const rate = scheduleAt(learningRate as Schedule, this.kimg);
      const played = await this.engine.play(phase, feeds, rate);
      watch?.(phase, feeds, played);
      for (const [name, value] of played) scalars.set(`${phase.name}.${name}`, value);
    }
    this.#step++;
    if (emaKimg > 0) await this.engine.average(emaDecay(emaKimg, batch, this.kimg));
    for (const [name, value] of scalars) {
      if (!Number.isFinite(value)) throw divergence(name, value, this.#step);
    }
    return scalars;
  }

  /** The generator's arrays for sampling, by variable name: the average where one is kept. */
  async generatorArrays(): Promise<Map<string, Float32Array>> {
    const prefix = this.#config.emaKimg > 0 ? "ema/" : "";
    const names = this.game.variables.under("generator").map((v) => v.name);
    const arrays = await this.engine.read(names.map((name) => prefix + name));
    return new Map(names.map((name) => [name, arrays.get(prefix + name) as Float32Array]));
  }

  async release(): Promise<void> {
    await this.engine.release();
  }
}

/** What is thrown where a number of the game is no longer finite. */
export function divergence(name: string, value: number, step: number): GansmithError {
  return new GansmithError(
    "numeric",
    `training diverged: ${name} became ${value} at step ${step}. The last checkpoint is good; lower ` +
      "the learning rate (--set optimizer.discriminator.learningRate=0.0001) or add a regularizer, then resume.",
  );
}
