import type { z } from "zod";
import type { Value } from "../graph/value.ts";
import type { OptimizerKernel } from "../runtime/kernel/optimizer-kernel.ts";

/** One array being updated, in graph values: its gradient, and state that starts at zero. */
export interface UpdateInputs {
  readonly parameter: Value;
  readonly gradient: Value;
  readonly slots: readonly Value[];
  /** Learning rate now, shape []. */
  readonly learningRate: Value;
  /** 1 at the first step, shape []. */
  readonly step: Value;
}

/** A flat range that one kernel call updates; byte offsets into the kernel's memory. */
export interface UpdateRange {
  readonly parameter: number;
  readonly gradient: number;
  readonly slots: readonly number[];
  readonly count: number;
}

/**
 * An optimizer as a value: how many arrays of state a parameter needs, and its update rule twice, in
 * graph ops (the definition, and what accelerators run) and as a call of the fused CPU kernel.
 */
export interface Optimizer<Options = unknown> {
  readonly name: string;
  readonly schema: z.ZodType<Options>;
  /** Names of the zero-initialised arrays beside each parameter, e.g. `m`, `v`. */
  readonly slots: readonly string[];
  update(inputs: UpdateInputs, options: Options): { parameter: Value; slots: Value[] };
  apply(
    kernel: OptimizerKernel,
    range: UpdateRange,
    learningRate: number,
    step: number,
    options: Options,
  ): void;
}
