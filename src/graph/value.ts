import { GansmithError } from "../util/errors.ts";
import type { OpRule } from "./op.ts";

/** Element types inside a graph. The reference interpreter holds all of them as f64. */
export type DType = "f32" | "i32" | "bool";

/** A known size, or the name of a size that is bound when the graph runs (`"N"`, the batch). */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** What an op is parameterised with, beyond its inputs. */
export type AttrValue =
  | number
  | string
  | boolean
  | readonly number[]
  | Shape
  | Float32Array
  | Float64Array
  | Int32Array
  | undefined;
export type Attrs = Readonly<Record<string, AttrValue>>;

/**
 * A typed symbolic value: one node of an immutable graph, the result of `rule` applied to `inputs`.
 * Two values are the same exactly when they are the same object.
 */
export interface Value {
  readonly id: number;
  readonly rule: OpRule;
  readonly inputs: readonly Value[];
  readonly attrs: Attrs;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Where in the user's model it was made, e.g. `generator/up1`. */
  readonly path: string;
}

let nextId = 0;
const pathStack: string[] = [];

/** Runs `build`; values made and errors thrown inside carry `path`. */
export function withPath<T>(path: string, build: () => T): T {
  pathStack.push(path);
  try {
    return build();
  } finally {
    pathStack.pop();
  }
}

export function currentPath(): string {
  return pathStack.at(-1) ?? "";
}

/** An error in a graph, told with the place in the user's model and the shapes involved. */
export function graphError(
  op: string,
  message: string,
  inputs: readonly Value[] = [],
): GansmithError {
  const place = currentPath() ? ` "${currentPath()}"` : "";
  const shapes = inputs.length > 0 ? ` (inputs ${inputs.map(formatValue).join(", ")})` : "";
  return new GansmithError("graph", `${op}${place}: ${message}${shapes}`);
}

/** Applies a rule: infers type and shape, and makes the value. Throws a graph error with the path. */
export function makeValue(rule: OpRule, inputs: readonly Value[], attrs: Attrs): Value {
  const { shape, dtype } = rule.infer(inputs, attrs);
  return { id: nextId++, rule, inputs, attrs, shape, dtype, path: currentPath() };
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(",")}]`;
}

export function formatValue(v: Value): string {
  return `${v.dtype === "f32" ? "" : v.dtype}${formatShape(v.shape)}`;
}

/** The size of an axis, which must be known. Negative axes count from the end. */
export function staticDim(v: Value, axis: number): number {
  const d = v.shape[axis < 0 ? axis + v.shape.length : axis];
  if (typeof d !== "number") {
    throw graphError(v.rule.name, `axis ${axis} must have a known size, it is ${d ?? "absent"}`, [
      v,
    ]);
  }
  return d;
}

/** The number of elements of a shape whose sizes are all known. */
export function elementCount(shape: Shape): number {
  let n = 1;
  for (const d of shape) {
    if (typeof d !== "number")
      throw graphError("shape", `${formatShape(shape)} must be static here`);
    n *= d;
  }
  return n;
}

export function isStatic(shape: Shape): shape is readonly number[] {
  return shape.every((d) => typeof d === "number");
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

/** Every value that the outputs need, inputs before users. Iterative: graphs are thousands deep. */
export function topologicalOrder(outputs: readonly Value[]): Value[] {
  const order: Value[] = [];
  const done = new Set<Value>();
  const stack: { value: Value; next: number }[] = [];
  for (const output of outputs) {
    if (done.has(output)) continue;
    stack.push({ value: output, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1] as { value: Value; next: number };
      const input = top.value.inputs[top.next++];
      if (input === undefined) {
        stack.pop();
        if (!done.has(top.value)) {
          done.add(top.value);
          order.push(top.value);
        }
      } else if (!done.has(input)) {
        stack.push({ value: input, next: 0 });
      }
    }
  }
  return order;
}
