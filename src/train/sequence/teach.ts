import type { Arrays } from "../loop/weighted-session.ts";
import type { TeacherInputs } from "./method.ts";
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
  readonly patience?: number;
}

export interface TeachInputs extends Omit<TeacherInputs, "weights"> {
  /** Sequences [n,T] by which weights are judged. */
  readonly validation: Int32Array;
  readonly onIteration?: (done: {
    readonly stage: number;
    /** From 1. */
    readonly iteration: number;
    /** Validation NLL, nats a token. */
    readonly nll: number;
    readonly scalars: ReadonlyMap<string, number>;
  }) => void;
}

export interface Taught {
  /** G's arrays by variable name. */
  readonly weights: Arrays;
  /** Their validation NLL, nats a token. */
  readonly nll: number;
  /** The iteration of the last stage that they are of, from 1; 0 where there was none. */
  readonly iteration: number;
  readonly seconds: number;
}

/** Teaches a generator stage by stage, each with what the one before has left. */
export async function teach(
  { validation, onIteration, ...inputs }: TeachInputs,
  stages: readonly Stage[],
): Promise<Taught> {
  const start = performance.now();
  const judge = await SequenceJudge.create(inputs.generator, inputs.backend);
  let result: Omit<Taught, "seconds"> | undefined;
  try {
    for (const [stage, { method, iterations, patience }] of stages.entries()) {
      const before = result && { weights: result.weights };
      const teacher = await openTeacher(method, { ...inputs, ...before });
      let kept: Omit<Taught, "seconds"> | undefined;
      try {
        for (let iteration = 1; iteration <= iterations; iteration++) {
          const scalars = await teacher.iterate();
          const weights = await teacher.weights();
          judge.setWeights(weights);
          const nll = await judge.nll(validation);
          onIteration?.({ stage, iteration, nll, scalars });
          if (patience === undefined || !kept || nll < kept.nll) kept = { weights, nll, iteration };
          if (patience !== undefined && iteration - kept.iteration >= patience) break;
        }
        if (kept) result = kept;
        else if (!result) {
          const weights = await teacher.weights();
          judge.setWeights(weights);
          result = { weights, nll: await judge.nll(validation), iteration: 0 };
        }
      } finally {
        await teacher.release();
      }
    }
  } finally {
    await judge.release();
  }
  return { ...(result as NonNullable<typeof result>), seconds: (performance.now() - start) / 1000 };
}
