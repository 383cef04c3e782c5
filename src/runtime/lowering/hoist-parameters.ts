import * as ops from "../../graph/ops/index.ts";
import { isLeaf, leaf, leafName, leafRole } from "../../graph/ops/leaf.ts";
import { rewriteGraph, withInputs } from "../../graph/rewrite.ts";
import { topologicalOrder, type Value } from "../../graph/value.ts";

/** A parameter that is better stored as the graph reads it: `stored` = transpose(parameter, order). */
export interface Hoisted {
  readonly order: readonly number[];
  readonly stored: Value;
}

/**
 * Finds parameters that are only ever read through one transpose, and reads them as stored that way.
 * `gradients` names the parameter of each root that is a gradient; those roots come in the stored
 * layout, too, so that elementwise optimizers need not know.
 */
export function hoistParameters(
  roots: readonly Value[],
  gradients: ReadonlyMap<number, Value>,
): { readonly roots: readonly Value[]; readonly hoisted: ReadonlyMap<Value, Hoisted> } {
  const readers = new Map<Value, Set<Value>>();
  for (const v of topologicalOrder(roots)) {
    for (const input of v.inputs) {
      if (!isLeaf(input)) continue;
      readers.set(input, (readers.get(input) ?? new Set()).add(v));
    }
  }
  const hoisted = new Map<Value, Hoisted>();
  for (const parameter of new Set(gradients.values())) {
    const [only, ...others] = readers.get(parameter) ?? [];
    if (only?.rule !== ops.transpose.rule || others.length > 0 || roots.includes(parameter))
      continue;
    const order = only.attrs.order as readonly number[];
    const stored = leaf(leafName(parameter), only.shape, leafRole(parameter));
    hoisted.set(parameter, { order, stored });
  }
  const rewritten = rewriteGraph(roots, (v, inputs) => {
    const found = v.rule === ops.transpose.rule && hoisted.get(v.inputs[0] as Value);
    return found ? found.stored : withInputs(v, inputs);
  });
  return {
    hoisted,
    roots: rewritten.map((root, i) => {
      const found = hoisted.get(gradients.get(i) as Value);
      return found ? reordered(root, found.order) : root;
    }),
  };
}

function reordered(root: Value, order: readonly number[]): Value {
  const before = root.attrs.order as readonly number[] | undefined;
  const undone = root.rule === ops.transpose.rule && order.every((a, i) => before?.[a] === i);
  return undone ? (root.inputs[0] as Value) : ops.transpose(root, order);
}
