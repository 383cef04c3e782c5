import type { JsonObject } from "../../util/json.ts";
import type { Arrays } from "../loop/weighted-session.ts";
import type { SequenceTeacher, TeacherInputs, TeacherSnapshot } from "./method.ts";
import { type MethodSpec, openTeacher } from "./methods/registry.ts";
import { SequenceJudge } from "./sequence-judge.ts";

/** A stretch of learning by one method. */
export interface Stage {
  readonly method: MethodSpec;
  readonly iterations: number;
  /**
   * Iterations without a better validation NLL after which it ends, the best weights kept; without it,
   * it goes on to its end, and the last weights count.
   */
  readonly patience?: number | undefined;
}

export interface CourseInputs extends Omit<TeacherInputs, "weights"> {
  /** Sequences [n,T] by which weights are judged. */
  readonly validation: Int32Array;
}

/** A generator as far as it has been taught. */
export interface Taught {
  /** G's arrays by variable name. */
  readonly weights: Arrays;
  /** Their validation NLL, nats a token. */
  readonly nll: number;
  /** The iteration of its stage that they are of, from 1; 0 for a beginning. */
  readonly iteration: number;
}

export interface Iterated {
  /** From 0. */
  readonly stage: number;
  /** From 1. */
  readonly iteration: number;
  /** Validation NLL, nats a token. */
  readonly nll: number;
  readonly scalars: ReadonlyMap<string, number>;
  /** Real sequences shown so far, in all stages. */
  readonly shown: number;
}

/** Teaches a generator stage by stage, each with what the one before has left. */
export class Course {
  readonly #inputs: CourseInputs;
  readonly #stages: readonly Stage[];
  readonly #judge: SequenceJudge;
  #teacher: SequenceTeacher | undefined;
  #stage = 0;
  #iteration = 0;
  /** Real sequences that earlier stages have shown. */
  #shownBefore = 0;
  /** What stages before have left, or this one's best. */
  #kept: Taught | undefined;

  static async open(
    inputs: CourseInputs,
    stages: readonly Stage[],
    from?: TeacherSnapshot,
  ): Promise<Course> {
    const judge = await SequenceJudge.create(inputs.generator, inputs.backend);
    const course = new Course(inputs, stages, judge);
    if (from) await course.#restore(from);
    return course;
  }

  private constructor(inputs: CourseInputs, stages: readonly Stage[], judge: SequenceJudge) {
    this.#inputs = inputs;
    this.#stages = stages;
    this.#judge = judge;
  }

  /** The best so far. Throws unless there was an iteration. */
  get taught(): Taught {
    return this.#kept as Taught;
  }

  /** The next iteration; undefined when the last stage has ended. */
  async next(): Promise<Iterated | undefined> {
    while (this.#ended()) {
      if (this.#stage >= this.#stages.length - 1) return undefined;
      this.#shownBefore += this.#teacher?.shown() ?? 0;
      await this.#teacher?.release();
      this.#teacher = undefined;
      this.#stage++;
      this.#iteration = 0;
    }
    const { method, patience } = this.#stages[this.#stage] as Stage;
    const { validation, ...inputs } = this.#inputs;
    const before = this.#kept && { weights: this.#kept.weights };
    this.#teacher ??= await openTeacher(method, { ...inputs, ...before });
    const scalars = await this.#teacher.iterate();
    const iteration = ++this.#iteration;
    const weights = await this.#teacher.weights();
    this.#judge.setWeights(weights);
    const nll = await this.#judge.nll(validation);
    const first = iteration === 1 || !this.#kept;
    if (first || patience === undefined || nll < (this.#kept as Taught).nll) {
      this.#kept = { weights, nll, iteration };
    }
    const shown = this.#shownBefore + this.#teacher.shown();
    return { stage: this.#stage, iteration, nll, scalars, shown };
  }

  /** All that `open` needs to go on as if it had never stopped; after an iteration. */
  async save(): Promise<TeacherSnapshot> {
    const { arrays, state } = await (this.#teacher as SequenceTeacher).save();
    const { weights, nll, iteration } = this.taught;
    const kept = [...weights].map(([name, data]) => [keptPrefix + name, data] as const);
    return {
      arrays: new Map([...arrays, ...kept]),
      state: {
        ...{ stage: this.#stage, iteration: this.#iteration, teacher: state },
        shownBefore: this.#shownBefore,
        kept: { nll, iteration },
      },
    };
  }

  async release(): Promise<void> {
    await this.#teacher?.release();
    await this.#judge.release();
  }

  async #restore({ arrays, state }: TeacherSnapshot): Promise<void> {
    const saved = state as unknown as SavedCourse;
    this.#stage = saved.stage;
    this.#iteration = saved.iteration;
    this.#shownBefore = saved.shownBefore;
    this.#kept = { weights: keptWeights(arrays), ...saved.kept };
    const { validation: _, ...inputs } = this.#inputs;
    this.#teacher = await openTeacher((this.#stages[saved.stage] as Stage).method, inputs);
    const own = [...arrays].filter(([name]) => !name.startsWith(keptPrefix));
    await this.#teacher.restore({ arrays: new Map(own), state: saved.teacher });
  }

  #ended(): boolean {
    const { iterations, patience } = this.#stages[this.#stage] as Stage;
    const stalled = this.#iteration > 0 ? this.#iteration - this.taught.iteration : 0;
    return this.#iteration >= iterations || (patience !== undefined && stalled >= patience);
  }
}

interface SavedCourse {
  readonly stage: number;
  readonly iteration: number;
  readonly shownBefore: number;
  readonly teacher: JsonObject;
  readonly kept: { readonly nll: number; readonly iteration: number };
}

const keptPrefix = "kept/";

/** Of a course's snapshot, G's arrays as they are to be used. */
export function keptWeights(arrays: Arrays): Arrays {
  const kept = [...arrays].filter(([name]) => name.startsWith(keptPrefix));
  return new Map(kept.map(([name, data]) => [name.slice(keptPrefix.length), data]));
}

/** A whole course. */
export async function teach(
  { onIteration, ...inputs }: CourseInputs & { readonly onIteration?: (done: Iterated) => void },
  stages: readonly Stage[],
): Promise<Taught & { readonly seconds: number }> {
  const start = performance.now();
  const course = await Course.open(inputs, stages);
  try {
    for (let done = await course.next(); done; done = await course.next()) onIteration?.(done);
    return { ...course.taught, seconds: (performance.now() - start) / 1000 };
  } finally {
    await course.release();
  }
}
