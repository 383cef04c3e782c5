import type { NdArray } from "./nd-array.ts";
import { type Attrs, type DType, makeValue, type Shape, type Value } from "./value.ts";

/** Every op's builder, handed to gradient rules so that op files need not import one another. */
export type Ops = typeof import("./ops/index.ts");

/** An attribute of an emitted ONNX node: a bare whole number is INT, `{float}` is FLOAT. */
export type EmitAttribute = number | string | readonly number[] | { readonly float: number };

/** What a lowering writes to: ONNX nodes and constants, named by the emitter. */
export interface Emitter {
  /** Appends a node of so many outputs (1 by default) and returns the name of its first. */
  node(
    op: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, EmitAttribute>>,
    domain?: string,
    outputs?: number,
  ): string;
  /**
   * States the shape of a node's output, and returns its name: for ops from which ONNX cannot infer a
   * symbolic size. Where many sizes are unknown, ONNX Runtime takes seconds to open a graph.
   */
  stated(output: string, value: Value): string;
  /** An int64 vector constant (ONNX's form of axes, shapes and pads). */
  ints(values: readonly number[]): string;
  /** A scalar constant of the given type. */
  scalar(value: number, dtype?: DType): string;
  constant(data: Float32Array | Int32Array | Uint8Array, dims: readonly number[]): string;
}

export interface GradientContext {
  readonly ops: Ops;
  /** d(objective)/d(output), of the output's shape. */
  readonly grad: Value;
  readonly output: Value;
  readonly inputs: readonly Value[];
  readonly attrs: Attrs;
  /** needs[i] is false where nobody asked for input i's gradient: do not build it. */
  readonly needs: readonly boolean[];
}

/** All that gansmith knows of an op. */
export interface OpRule {
  readonly name: string;
  /** The result at an index depends on the inputs at that index alone, up to broadcasting. */
  readonly elementwise?: true;
  /** An equal value that is cheaper, where there is one; seen after the inputs were simplified. */
  readonly simplify?: (value: Value, ops: Ops) => Value | undefined;
  /** The output's type and shape. Throws a graph error where the inputs do not fit. */
  infer(inputs: readonly Value[], attrs: Attrs): { shape: Shape; dtype: DType };
  /** Gradients by input, in graph ops; absent where the op is not differentiable. */
  readonly gradient?: (context: GradientContext) => readonly (Value | undefined)[];
  /** The result in f64: the definition that everything else is tested against. */
  reference(inputs: readonly NdArray[], attrs: Attrs, shape: readonly number[]): Float64Array;
  /** Writes the op as ONNX nodes; returns the name of the result. */
  lower(emit: Emitter, inputs: readonly string[], value: Value): string;
}

/** A builder function that carries its rule, so that tests can list what there is. */
export type Op<Args extends readonly unknown[]> = ((...args: Args) => Value) & {
  readonly rule: OpRule;
};

/** Ties a rule to the function that applies it. */
export function defineOp<Args extends readonly unknown[]>(
  rule: OpRule,
  build: (apply: (inputs: readonly Value[], attrs?: Attrs) => Value, ...args: Args) => Value,
): Op<Args> {
  const apply = (inputs: readonly Value[], attrs: Attrs = {}) => makeValue(rule, inputs, attrs);
  return Object.assign((...args: Args) => build(apply, ...args), { rule });
}
