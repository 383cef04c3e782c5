import type { z } from "zod";
import type { SequenceGenerator } from "../../adversarial/index.ts";
import type { Backend } from "../../runtime/session.ts";
import type { JsonObject } from "../../util/json.ts";
import type { Arrays } from "../loop/weighted-session.ts";

/** A way to teach a generator of sequences; a new one is one file here and one registry line. */
export interface SequenceMethod<Options = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodType<Options>;
  /** Why it cannot teach this generator, as the end of a sentence; undefined where it can. */
  readonly refuses?: (generator: SequenceGenerator) => string | undefined;
  open(inputs: TeacherInputs, options: Options): Promise<SequenceTeacher>;
}

export interface TeacherInputs {
  readonly generator: SequenceGenerator;
  /** Sequences [n,T] to learn from. */
  readonly train: Int32Array;
  readonly seed: number;
  readonly backend: Backend;
  /** G's arrays by variable name, where something else has taught it before. */
  readonly weights?: Arrays;
}

/**
 * Hears before each step of an iteration how many are done, of how many; answers whether to pause there.
 */
export type Pace = (done: number, of: number) => boolean;

/** Teaches one generator, an iteration at a time. */
export interface SequenceTeacher {
  /**
   * One pass over the data (likelihood) or one step of G with what belongs to it; answers with figures
   * by name, or undefined where `pace` made it pause: `save` holds the middle, too, and the next call goes
   * on from there. Throws a numerics error where a figure is no number.
   */
  iterate(pace?: Pace): Promise<ReadonlyMap<string, number> | undefined>;
  /** G's arrays by variable name, as it is to be used. */
  weights(): Promise<Arrays>;
  /** Real sequences that it has shown so far. */
  shown(): number;
  /** Everything that it needs to go on just so. */
  save(): Promise<TeacherSnapshot>;
  restore(snapshot: TeacherSnapshot): Promise<void>;
  release(): Promise<void>;
}

export interface TeacherSnapshot {
  readonly arrays: Arrays;
  readonly state: JsonObject;
}
