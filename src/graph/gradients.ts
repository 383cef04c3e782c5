import * as ops from "./ops/index.ts";
import { sumOf } from "./sum-of.ts";
import { graphError, sameShape, topologicalOrder, type Value, withPath } from "./value.ts";

/**
 * Reverse-mode differentiation as a graph transform: d(sum of `objective`)/d(each of `wrt`).
 * The result is made of the same ops, so it can be differentiated again. Only what leads from `wrt`
 * to `objective` is built; a value that the objective does not depend on gets a zero constant.
 */
export function gradients(objective: Value, wrt: readonly Value[]): Value[] {
  if (objective.dtype !== "f32") {
    throw graphError("gradients", `the objective must be f32, it is ${objective.dtype}`);
  }
  const order = topologicalOrder([objective]);
  const targets = new Set(wrt);
  const reaches = new Set<Value>();
  for (const v of order) {
    if (targets.has(v) || (v.dtype === "f32" && v.inputs.some((i) => reaches.has(i))))
      reaches.add(v);
  }
  const contributions = new Map<Value, Value[]>();
  const sums = new Map<Value, Value>();
  const sumFor = (v: Value): Value | undefined => {
    const parts = contributions.get(v);
    if (!parts) return undefined;
    const sum = sums.get(v) ?? withPath(v.path, () => sumOf(parts));
    sums.set(v, sum);
    return sum;
  };
  const accumulate = (v: Value, g: Value) => {
    if (!sameShape(v.shape, g.shape)) {
      throw graphError("gradients", `${v.rule.name} got a gradient of another shape`, [v, g]);
    }
    const parts = contributions.get(v);
    if (parts) parts.push(g);
    else contributions.set(v, [g]);
  };
  if (reaches.has(objective))
    accumulate(objective, ops.broadcastTo(ops.scalar(1), objective.shape));
  for (const output of order.reverse()) {
    const grad = sumFor(output);
    if (!grad || (targets.has(output) && !output.inputs.some((i) => reaches.has(i)))) continue;
    const needs = output.inputs.map((i) => reaches.has(i));
    if (!needs.some(Boolean)) continue;
    const rule = output.rule;
    const { gradient } = rule;
    if (!gradient) throw graphError(rule.name, "is not differentiable", output.inputs);
    const parts = withPath(output.path, () =>
      gradient({ ops, grad, output, inputs: output.inputs, attrs: output.attrs, needs }),
    );
    parts.forEach((part, i) => {
      if (part && needs[i]) accumulate(output.inputs[i] as Value, part);
    });
  }
  return wrt.map((v) => sumFor(v) ?? ops.broadcastTo(ops.scalar(0), v.shape));
}
