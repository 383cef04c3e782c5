import type { Game, Phase } from "../../adversarial/index.ts";
import { BatchOrder, type BatchOrderState } from "../../data/batches.ts";
import { optimizerByName } from "../../optim/index.ts";
import type { Backend, Tensor } from "../../runtime/session.ts";
import type { JsonObject } from "../../util/json.ts";
import { Random, type RandomState } from "../../util/random.ts";
import { createEngine } from "../engine/create-engine.ts";
import type { Engine, NetworkOptimizer } from "../engine/engine.ts";
import { divergence } from "../loop/game-loop.ts";
import { initialArrays } from "../loop/initial-arrays.ts";
import { NoiseSource } from "../loop/noise.ts";
import type { Arrays } from "../loop/weighted-session.ts";
import { Iteration } from "./iteration.ts";
import type { TeacherSnapshot } from "./method.ts";
import { timeMajor } from "./sequence-judge.ts";

export interface PlayersOptions {
  readonly game: Game;
  readonly backend: Backend;
  readonly optimizers: ReadonlyMap<string, NetworkOptimizer>;
  readonly seed: number;
  /** Sequences [n,T] to learn from, and tokens of one. */
  readonly train: Int32Array;
  readonly length: number;
  /** Real sequences of a step. */
  readonly batch: number;
  /** Arrays that do not begin as their variables say. */
  readonly weights?: Arrays;
}

/** Adam without options of its own, as most papers on sequences use it. */
export const adam = { name: "adam", beta1: 0.9, beta2: 0.999 };

/** The networks of a game of sequences, and everything that is drawn for it: what a snapshot holds. */
export class Players {
  /** The steps of the present iteration. */
  readonly iteration = new Iteration();
  readonly #options: PlayersOptions;
  readonly #engine: Engine;
  #noise: NoiseSource;
  #order: BatchOrder;
  #random: Random;

  static async create(options: PlayersOptions): Promise<Players> {
    const { game, backend, optimizers, seed, weights } = options;
    const engine = await createEngine(game, backend, optimizers);
    await engine.write(initialArrays(game, seed, engine.arrayNames));
    if (weights) await engine.write(withAverages(weights, engine.arrayNames));
    return new Players(options, engine);
  }

  private constructor(options: PlayersOptions, engine: Engine) {
    const { game, seed, train, length, batch } = options;
    this.#options = options;
    this.#engine = engine;
    this.#noise = new NoiseSource(game, seed);
    this.#order = new BatchOrder(train.length / length, batch, seed);
    this.#random = new Random(seed, "sequences");
  }

  /** For samples of G. */
  get random(): Random {
    return this.#random;
  }

  /** Takes back what was drawn since its state was `state`. */
  rewind(state: RandomState): void {
    this.#random = Random.fromState(state);
  }

  /** Steps in a pass over the data; 0 where there is less than a batch. */
  get batchesPerEpoch(): number {
    return this.#order.batchesPerEpoch;
  }

  /** Real sequences that were shown so far. */
  get shown(): number {
    const { epoch, position } = this.#order.state;
    const { count, batch, batchesPerEpoch } = this.#order;
    return epoch * (batchesPerEpoch > 0 ? batchesPerEpoch * batch : count) + position;
  }

  /** Steps of a network so far. */
  steps(network: string): number {
    return this.#engine.updates.get(network) ?? 0;
  }

  /** Plays a move; draws its noise. Throws a numerics error where its loss is no number. */
  async play(
    phase: Phase,
    feeds: Map<string, Tensor>,
    learningRate: number,
  ): Promise<ReadonlyMap<string, number>> {
    this.#noise.feed(phase, feeds);
    const scalars = await this.#engine.play(phase, feeds, learningRate);
    const loss = scalars.get("loss") ?? Number.NaN;
    if (!Number.isFinite(loss)) {
      throw divergence(`${phase.name}.loss`, loss, this.steps(phase.network));
    }
    return scalars;
  }

  average(decay: number): Promise<void> {
    return this.#engine.average(decay);
  }

  /** Gives one network the arrays of another of its kind. */
  async copy(from: string, to: string): Promise<void> {
    const arrays = await this.weights(from);
    await this.#engine.write(
      new Map([...arrays].map(([name, data]) => [to + name.slice(from.length), data])),
    );
  }

  /** The next real sequences, [T,N]. */
  nextReal(into: Int32Array): void {
    const { train, length } = this.#options;
    gather(train, this.#order.next(), length, into);
  }

  /** Real sequences at random, [T,N]; they do not count as shown. */
  someReal(into: Int32Array): void {
    const { train, length } = this.#options;
    const rows = Array.from({ length: into.length / length }, () =>
      this.#random.below(train.length / length),
    );
    gather(train, rows, length, into);
  }

  /** A network's arrays by variable name; its averages with `averaged`. */
  async weights(network: string, averaged = false): Promise<Map<string, Float32Array>> {
    const prefix = averaged ? "ema/" : "";
    const names = this.#options.game.variables.under(network).map((v) => v.name);
    const arrays = await this.#engine.read(names.map((n) => prefix + n));
    return new Map(names.map((n) => [n, arrays.get(prefix + n) as Float32Array]));
  }

  async save(): Promise<TeacherSnapshot> {
    const state = {
      updates: Object.fromEntries(this.#engine.updates),
      noise: [...this.#noise.state],
      order: { ...this.#order.state },
      random: [...this.#random.state],
      iteration: this.iteration.state,
    };
    return { arrays: await this.#engine.read(), state };
  }

  async restore({ arrays, state }: TeacherSnapshot): Promise<void> {
    const { game, seed } = this.#options;
    const { count, batch } = this.#order;
    await this.#engine.write(arrays);
    const saved = state as unknown as SavedPlayers;
    for (const [network, n] of Object.entries(saved.updates)) this.#engine.updates.set(network, n);
    this.#noise = new NoiseSource(game, seed, saved.noise);
    this.#order = new BatchOrder(count, batch, seed, saved.order);
    this.#random = Random.fromState(saved.random);
    this.iteration.restore(saved.iteration);
  }

  async release(): Promise<void> {
    await this.#engine.release();
  }
}

interface SavedPlayers {
  readonly updates: Readonly<Record<string, number>>;
  readonly noise: RandomState;
  readonly order: BatchOrderState;
  readonly random: RandomState;
  readonly iteration: JsonObject;
}

function withAverages(weights: Arrays, names: readonly string[]): Map<string, Float32Array> {
  const averages = [...weights].map(([name, data]) => [`ema/${name}`, data] as const);
  return new Map([...weights, ...averages.filter(([name]) => names.includes(name))]);
}

/** An optimizer of a name with options. */
export function optimizerOf(optimizer: {
  readonly name: string;
  readonly [option: string]: unknown;
}): NetworkOptimizer {
  const { name, ...options } = optimizer;
  const rule = optimizerByName(name);
  return { rule, options: rule.schema.parse(options) };
}

/** The sequences of a batch, [T,N]. */
function gather(all: Int32Array, rows: ArrayLike<number>, length: number, into: Int32Array): void {
  for (let i = 0; i < rows.length; i++) {
    const at = (rows[i] as number) * length;
    timeMajor(all.subarray(at, at + length), length, rows.length, into.subarray(i));
  }
}

/** Tokens [T,N] as a feed. */
export function tokensTensor(length: number, batch: number): Tensor & { data: Int32Array } {
  return { dtype: "i32", dims: [length, batch], data: new Int32Array(length * batch) };
}
