import { GansmithError } from "../../util/errors.ts";

/** [count, sum, sum of squares]: adding two triples element by element merges two stretches. */
export type Moments = readonly [count: number, sum: number, sumSquares: number];

/** Gathers named numbers between two `scalars` events. */
export class ScalarAccumulator {
  #values = new Map<string, [number, number, number]>();

  /** Throws `GansmithError` ("numeric") for NaN and Infinity, which no average survives. */
  add(name: string, value: number): void {
    if (!Number.isFinite(value)) {
      throw new GansmithError("numeric", `${name} became ${value}, expected a finite number.`);
    }
    const m = this.#values.get(name);
    if (m === undefined) this.#values.set(name, [1, value, value * value]);
    else {
      m[0] += 1;
      m[1] += value;
      m[2] += value * value;
    }
  }

  get empty(): boolean {
    return this.#values.size === 0;
  }

  /** What was gathered since the last `take`, which starts anew. */
  take(): Record<string, Moments> {
    const values = Object.fromEntries(this.#values);
    this.#values = new Map();
    return values;
  }
}

/** Mean and (population) standard deviation of what the moments summarise. */
export function summarize([count, sum, sumSquares]: Moments): { mean: number; std: number } {
  const mean = sum / count;
  return { mean, std: Math.sqrt(Math.max(0, sumSquares / count - mean * mean)) };
}
