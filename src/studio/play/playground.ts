import type { Phase } from "../../adversarial/index.ts";
import { drawPoints, toyOf } from "../../data/toys/registry.ts";
import type { PlaneDistribution } from "../../data/toys/toy.ts";
import type { Backend, Tensor } from "../../runtime/session.ts";
import { GameLoop, type LoopState } from "../../train/loop/game-loop.ts";
import { gameOf } from "../../train/resolve.ts";
import { Random, type RandomState } from "../../util/random.ts";
import { configOf, playersOf } from "./players.ts";
import type { PlaySettings } from "./settings.ts";

/** Which moves an iteration is made of. */
export type Turn = "both" | "discriminator" | "generator";

/** All that a game in the plane needs to go on just so. */
export interface PlaySnapshot {
  readonly settings: PlaySettings;
  /** Weights, averages and optimizer state by name. */
  readonly arrays: ReadonlyMap<string, Float32Array>;
  readonly loop: LoopState;
  readonly data: RandomState;
}

/** A game in the plane being played, in a page or out of one. */
export class Playground {
  readonly settings: PlaySettings;
  readonly distribution: PlaneDistribution;
  readonly loop: GameLoop;
  readonly #turns: Readonly<Record<Turn, readonly Phase[]>>;
  readonly #feeds: Map<string, Tensor>;
  readonly #real: Float32Array;
  #random: Random;

  /**
   * A game from its seed, or one that goes on from a snapshot. Settings may differ from those of the
   * snapshot: what fits is kept, networks of another size begin anew.
   */
  static async create(
    settings: PlaySettings,
    backend: Backend,
    from?: PlaySnapshot,
  ): Promise<Playground> {
    const config = configOf(settings);
    const game = gameOf(config, playersOf(settings), [2]);
    const loop = await GameLoop.create(game, backend, config, settings.seed, from?.loop);
    if (from) {
      const fresh = await loop.engine.read();
      const fits = [...from.arrays].filter(([name, a]) => fresh.get(name)?.length === a.length);
      await loop.engine.write(new Map(fits));
    }
    return new Playground(settings, loop, from?.data);
  }

  private constructor(settings: PlaySettings, loop: GameLoop, data?: RandomState) {
    this.settings = settings;
    this.distribution = toyOf(settings.data);
    this.loop = loop;
    this.#random = data ? Random.fromState(data) : new Random(settings.seed, "data");
    this.#real = new Float32Array(2 * settings.batch);
    const dims = [settings.batch, 2];
    this.#feeds = new Map([["real", { dtype: "f32", dims, data: this.#real }]]);
    const { plan } = loop.game;
    const theirs = plan.filter((p) => p.network === "discriminator");
    const [first, again] = plan.filter((p) => p.network === "generator") as [Phase, Phase];
    const more = new Array<Phase>(settings.generatorSteps - 1).fill(again);
    this.#turns = {
      both: [...theirs, first, ...more],
      discriminator: theirs,
      // G's first move goes on from D's fakes, which are there only after a move of D's.
      generator: [again, ...more],
    };
  }

  get iteration(): number {
    return this.loop.step;
  }

  /** The real points of the last batch, [batch,2]; the next move overwrites them. */
  get real(): Float32Array {
    return this.#real;
  }

  /** Plays an iteration; losses and other numbers by name. Throws where one is no number. */
  advance(turn: Turn = "both"): Promise<ReadonlyMap<string, number>> {
    const next = () => drawPoints(this.distribution, this.#random, this.#real);
    return this.loop.advance(this.#feeds, next, undefined, this.#turns[turn]);
  }

  async snapshot(): Promise<PlaySnapshot> {
    const { settings, loop } = this;
    const arrays = await loop.engine.read();
    return { settings, arrays, loop: loop.state, data: this.#random.state };
  }

  async release(): Promise<void> {
    await this.loop.release();
  }
}
