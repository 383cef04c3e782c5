import { generatorScope, type Phase, type SequenceGenerator } from "../../../adversarial/index.ts";
import type { Backend } from "../../../runtime/session.ts";
import { type Players, tokensTensor } from "../players.ts";
import { timeMajor } from "../sequence-judge.ts";
import { SequenceSampler } from "../sequence-sampler.ts";

export interface LessonOptions {
  readonly batch: number;
  readonly learningRate: number;
  /** D's steps on the same fakes. */
  readonly stepsPerFakes: number;
}

/** Teaches D to tell G's sequences from real ones. */
export class DiscriminatorLessons {
  readonly #phase: Phase;
  readonly #sampler: SequenceSampler;
  readonly #options: LessonOptions;

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

  /** Steps on real batches and fresh fakes; answers with D's mean accuracies. */
  async teach(players: Players, steps: number): Promise<Map<string, number>> {
    const { batch, learningRate, stepsPerFakes } = this.#options;
    const { length } = this.#sampler.generator;
    const [real, fake] = [tokensTensor(length, batch), tokensTensor(length, batch)];
    const feeds = new Map([
      ["real", real],
      ["fake", fake],
    ]);
    const sums = new Map([
      ["d.loss", 0],
      ["d.realAccuracy", 0],
      ["d.fakeAccuracy", 0],
    ]);
    let fakes: Int32Array = new Int32Array(0);
    for (let step = 0, left = 0; step < steps; step++, left--) {
      if (left === 0) {
        left = Math.min(stepsPerFakes, steps - step);
        this.#sampler.setWeights(await players.weights(generatorScope));
        fakes = await this.#sampler.draw(batch * left, players.random);
      }
      players.nextReal(real.data);
      const at = (left - 1) * batch * length;
      timeMajor(fakes.subarray(at, at + batch * length), length, batch, fake.data);
      const scalars = await players.play(this.#phase, feeds, learningRate);
      for (const [name, sum] of sums) {
        sums.set(name, sum + (scalars.get(name.slice(2)) as number) / steps);
      }
    }
    return steps > 0 ? sums : new Map();
  }

  async release(): Promise<void> {
    await this.#sampler.release();
  }
}
