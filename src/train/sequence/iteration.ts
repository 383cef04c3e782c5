import type { JsonObject } from "../../util/json.ts";
import type { Pace } from "./method.ts";

/** A step by its number, from 0; undefined where it was left undone, so that the iteration pauses. */
type Step = (at: number, of: number) => Promise<ReadonlyMap<string, number> | undefined>;

/** How far an iteration is: it can pause between two steps, be saved there, and go on. */
export class Iteration {
  #done = 0;
  #of = 0;
  #sums = new Map<string, readonly [sum: number, count: number]>();

  /**
   * Plays the steps that are left of an iteration, a new one of `of` steps where none was begun. Answers
   * with the means of their figures, or undefined where it pauses.
   */
  async play(of: number, step: Step, pace?: Pace): Promise<Map<string, number> | undefined> {
    if (this.#done === 0) this.#of = of;
    while (this.#done < this.#of) {
      if (pace?.(this.#done, this.#of)) return undefined;
      const figures = await step(this.#done, this.#of);
      if (!figures) return undefined;
      for (const [name, value] of figures) {
        const [sum, count] = this.#sums.get(name) ?? [0, 0];
        this.#sums.set(name, [sum + value, count + 1]);
      }
      this.#done++;
    }
    const means = [...this.#sums].map(([name, [sum, count]]) => [name, sum / count] as const);
    this.#done = 0;
    this.#sums.clear();
    return new Map(means);
  }

  get state(): JsonObject {
    return { done: this.#done, of: this.#of, sums: Object.fromEntries(this.#sums) };
  }

  restore(state: JsonObject): void {
    const saved = state as unknown as SavedIteration;
    this.#done = saved.done;
    this.#of = saved.of;
    this.#sums = new Map(Object.entries(saved.sums));
  }
}

interface SavedIteration {
  readonly done: number;
  readonly of: number;
  readonly sums: Readonly<Record<string, readonly [number, number]>>;
}
