import { generatorScope, type Phase, type SequenceGenerator } from "../../../adversarial/index.ts";
import type { Backend, Tensor } from "../../../runtime/session.ts";
import type { JsonObject } from "../../../util/json.ts";
import { Random, type RandomState } from "../../../util/random.ts";
import { type Players, tokensTensor } from "../players.ts";
import { timeMajor } from "../sequence-judge.ts";
import { SequenceSampler } from "../sequence-sampler.ts";

export interface LessonOptions {
  readonly batch: number;
  readonly learningRate: number;
  /** D's steps on the same fakes. */
  readonly stepsPerFakes: number;
  /** What D's move reads besides real sequences and fakes. */
  readonly feed?: (players: Players) => Iterable<readonly [string, Tensor]>;
}

/** Teaches D to tell G's sequences from real ones. */
export class DiscriminatorLessons {
  readonly #phase: Phase;
  readonly #sampler: SequenceSampler;
  readonly #options: LessonOptions;
  /** Steps that the present fakes still serve, of how many, and what they were drawn from. */
  #left = 0;
  #drawn = 0;
  #from: RandomState = [0, 0, 0, 0];
  #fakes: Int32Array | undefined;

  static async create(
    phase: Phase,
    generator: SequenceGenerator,
    backend: Backend,
    options: LessonOptions,
  ): Promise<DiscriminatorLessons> {
    const sampler = await SequenceSampler.create(generator, backend);
    return new DiscriminatorLessons(phase, sampler, options);
  }

  private constructor(phase: Phase, sampler: SequenceSampler, options: LessonOptions) {
    this.#phase = phase;
    this.#sampler = sampler;
    this.#options = options;
  }

  /**
   * A step on a real batch and fakes of G as it is; `left` steps, this one with them, before G moves.
   * Answers with D's loss and accuracies.
   */
  async step(players: Players, left: number): Promise<Map<string, number>> {
    const { batch, learningRate, stepsPerFakes, feed } = this.#options;
    const { length } = this.#sampler.generator;
    if (this.#left === 0) {
      this.#drawn = Math.min(stepsPerFakes, left);
      this.#left = this.#drawn;
      this.#from = players.random.state;
      this.#fakes = await this.#draw(players, players.random);
    }
    // A snapshot holds no fakes: while G has not moved, the same numbers give the same again.
    this.#fakes ??= await this.#draw(players, Random.fromState(this.#from));
    const [real, fake] = [tokensTensor(length, batch), tokensTensor(length, batch)];
    players.nextReal(real.data);
    const at = --this.#left * batch * length;
    timeMajor(this.#fakes.subarray(at, at + batch * length), length, batch, fake.data);
    const feeds = new Map<string, Tensor>([
      ["real", real],
      ["fake", fake],
      ...(feed?.(players) ?? []),
    ]);
    const scalars = await players.play(this.#phase, feeds, learningRate);
    const names = ["loss", "realAccuracy", "fakeAccuracy"];
    return new Map(names.map((name) => [`d.${name}`, scalars.get(name) as number]));
  }

  get state(): JsonObject {
    return { left: this.#left, drawn: this.#drawn, from: [...this.#from] };
  }

  restore(state: JsonObject): void {
    const { left, drawn, from } = state as unknown as SavedLessons;
    this.#left = left;
    this.#drawn = drawn;
    this.#from = from;
    this.#fakes = undefined;
  }

  async #draw(players: Players, random: Random): Promise<Int32Array> {
    this.#sampler.setWeights(await players.weights(generatorScope));
    return this.#sampler.draw(this.#options.batch * this.#drawn, random);
  }

  async release(): Promise<void> {
    await this.#sampler.release();
  }
}

interface SavedLessons {
  readonly left: number;
  readonly drawn: number;
  readonly from: RandomState;
}
