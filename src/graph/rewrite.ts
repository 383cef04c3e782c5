import { makeValue, topologicalOrder, type Value, withPath } from "./value.ts";

/**
 * Rebuilds a graph bottom-up: `rewrite` sees each value with its new inputs and answers what takes
 * its place. Leaves stay the objects that they are, so feeds keep working.
 */
export function rewriteGraph(
  outputs: readonly Value[],
  rewrite: (value: Value, inputs: readonly Value[]) => Value,
): Value[] {
  const made = new Map<Value, Value>();
  for (const v of topologicalOrder(outputs)) {
    const inputs = v.inputs.map((i) => made.get(i) as Value);
    made.set(
      v,
      withPath(v.path, () => rewrite(v, inputs)),
    );
  }
  return outputs.map((v) => made.get(v) as Value);
}

/** The value itself when its inputs did not change, else the same op on the new inputs. */
export function withInputs(value: Value, inputs: readonly Value[]): Value {
  return inputs.every((v, i) => v === value.inputs[i])
    ? value
    : makeValue(value.rule, inputs, value.attrs);
}
