import type { JsonObject } from "../../util/json.ts";
import type { Arrays } from "../loop/weighted-session.ts";
import type { SequenceTeacher, TeacherInputs, TeacherSnapshot } from "./method.ts";
import { checkMethod, type MethodSpec, openTeacher } from "./methods/registry.ts";
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

/** What it teaches; `weights` are what G begins with. */
export interface CourseInputs extends TeacherInputs {
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

/** Which iteration it is. */
export interface Place {
  /** From 0. */
  readonly stage: number;
  /** From 1. */
  readonly iteration: number;
  /** Real sequences shown so far, in all stages. */
  readonly shown: number;
}

/** A place within an iteration. */
export interface Underway extends Place {
  /** Steps of the iteration done, of how many. */
  readonly done: number;
  readonly of: number;
}

export interface Iterated extends Place {
  /** Validation NLL, nats a token. */
  readonly nll: number;
  readonly scalars: ReadonlyMap<string, number>;
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
    for (const { method } of stages) checkMethod(method, inputs.generator);
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

  /** The best so far; undefined before the first iteration has ended. */
  get taught(): Taught | undefined {
    return this.#kept;
  }

  /** Real sequences shown so far. */
  get shown(): number {
    return this.#shownBefore + (this.#teacher?.shown() ?? 0);
  }

  /** Whether the last stage has ended. */
  get over(): boolean {
    return this.#ended() && this.#stage >= this.#stages.length - 1;
  }

  /**
   * The next iteration, or what is left of one that has paused; undefined when it is over, or where `pace`,
   * asked before each step, makes it pause.
   */
  async next(pace?: (at: Underway) => boolean): Promise<Iterated | undefined> {
    while (this.#ended()) {
      if (this.over) return undefined;
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
    const scalars = await this.#teacher.iterate((done, of) => {
      const { shown } = this;
      return (
        pace?.({ stage: this.#stage, iteration: this.#iteration + 1, shown, done, of }) ?? false
      );
    });
    if (!scalars) return undefined;
    const iteration = ++this.#iteration;
    const weights = await this.#teacher.weights();
    this.#judge.setWeights(weights);
    const nll = await this.#judge.nll(validation);
    const first = iteration === 1 || !this.#kept;
    if (first || patience === undefined || nll < (this.#kept as Taught).nll) {
      this.#kept = { weights, nll, iteration };
    }
    return { stage: this.#stage, iteration, nll, scalars, shown: this.shown };
  }

  /** All that `open` needs to go on as if it had never stopped; after `next`. */
  async save(): Promise<TeacherSnapshot> {
    const teacher = this.#teacher as SequenceTeacher;
    const { arrays, state } = await teacher.save();
    // Before anything was judged, weights as they are serve those who want to look.
    const weights = this.#kept?.weights ?? (await teacher.weights());
    const kept = [...weights].map(([name, data]) => [keptPrefix + name, data] as const);
    return {
      arrays: new Map([...arrays, ...kept]),
      state: {
        ...{ stage: this.#stage, iteration: this.#iteration, teacher: state },
        shownBefore: this.#shownBefore,
        kept: this.#kept ? { nll: this.#kept.nll, iteration: this.#kept.iteration } : null,
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
    if (saved.kept) this.#kept = { weights: keptWeights(arrays), ...saved.kept };
    const { validation: _, ...inputs } = this.#inputs;
    this.#teacher = await openTeacher((this.#stages[saved.stage] as Stage).method, inputs);
    const own = [...arrays].filter(([name]) => !name.startsWith(keptPrefix));
    await this.#teacher.restore({ arrays: new Map(own), state: saved.teacher });
  }

  #ended(): boolean {
    const { iterations, patience } = this.#stages[this.#stage] as Stage;
    const stalled = this.#kept && this.#iteration > 0 ? this.#iteration - this.#kept.iteration : 0;
    return this.#iteration >= iterations || (patience !== undefined && stalled >= patience);
  }
}

interface SavedCourse {
  readonly stage: number;
  readonly iteration: number;
  readonly shownBefore: number;
  readonly teacher: JsonObject;
  readonly kept: { readonly nll: number; readonly iteration: number } | null;
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
    return { ...(course.taught as Taught), seconds: (performance.now() - start) / 1000 };
  } finally {
    await course.release();
  }
}
