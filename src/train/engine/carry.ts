import * as ops from "../../graph/ops/index.ts";
import { constantData, isLeaf, leaf } from "../../graph/ops/leaf.ts";
import {
  elementCount,
  isStatic,
  makeValue,
  topologicalOrder,
  type Value,
} from "../../graph/value.ts";

export interface Carried {
  /** The later roots, reading the handed-on values as leaves. */
  readonly roots: readonly Value[];
  /** What the earlier graph has to give out, by the name of the leaf that takes it in. */
  readonly values: ReadonlyMap<string, Value>;
  readonly leaves: ReadonlyMap<string, Value>;
}

/**
 * Finds what a later graph would compute again although an earlier one already did, from inputs that
 * have not changed in between (`stale` are those that have): the generator's move needs the forward
 * pass that made the fakes for the discriminator's. Those values are handed on instead, unless they
 * are larger copies of others, which would only take memory.
 */
export function carryOver(
  earlier: readonly Value[],
  later: readonly Value[],
  stale: ReadonlySet<Value>,
): Carried {
  const fresh = new Set<Value>();
  const given = new Set<Value>();
  const tainted = new Set<Value>();
  for (const v of topologicalOrder(earlier)) {
    if (stale.has(v) || v.inputs.some((i) => tainted.has(i))) tainted.add(v);
    else if (isLeaf(v)) given.add(v);
    // What is made of constants alone is cheaper to make again.
    else if (v.inputs.some((i) => fresh.has(i) || given.has(i))) fresh.add(v);
  }
  const handedOn = new Set([...fresh].filter((v) => !isCopy(v)));
  const values = new Map<string, Value>();
  const leaves = new Map<string, Value>();
  const replaced = new Map<Value, Value>();
  const replace = (v: Value): Value => {
    const known = replaced.get(v);
    if (known) return known;
    const name = `carried/${values.size}`;
    const stand = leaf(name, v.shape, { kind: "carried" }, v.dtype);
    values.set(name, v);
    leaves.set(name, stand);
    replaced.set(v, stand);
    return stand;
  };
  // From the roots down, so that nothing below a handed-on value is visited or kept.
  const rebuilt = new Map<Value, Value>();
  const needed = topologicalOrderUntil(later, handedOn);
  for (const v of needed) {
    if (handedOn.has(v)) {
      rebuilt.set(v, replace(v));
      continue;
    }
    const inputs = v.inputs.map((i) => rebuilt.get(i) as Value);
    rebuilt.set(
      v,
      inputs.every((i, k) => i === v.inputs[k]) ? v : makeValue(v.rule, inputs, v.attrs),
    );
  }
  return { roots: later.map((v) => rebuilt.get(v) as Value), values, leaves };
}

const rearranging = new Set([ops.reshape.rule, ops.transpose.rule, ops.gatherRows.rule]);

/** Whether `v` holds its single changing input in another form that is no smaller. */
function isCopy(v: Value): boolean {
  const [source, ...others] = v.inputs.filter((i) => !constantData(i));
  if (!source || others.length > 0 || !isStatic(v.shape) || !isStatic(source.shape)) return false;
  if (elementCount(v.shape) < elementCount(source.shape)) return false;
  return rearranging.has(v.rule) || v.rule === ops.matMul.rule;
}

/** Inputs before users, without going below values in `stop`. */
function topologicalOrderUntil(outputs: readonly Value[], stop: ReadonlySet<Value>): Value[] {
  const order: Value[] = [];
  const done = new Set<Value>();
  const visit: { value: Value; next: number }[] = [];
  for (const output of outputs) {
    visit.push({ value: output, next: 0 });
    while (visit.length > 0) {
      const top = visit[visit.length - 1] as { value: Value; next: number };
      const input =
        stop.has(top.value) || done.has(top.value) ? undefined : top.value.inputs[top.next++];
      if (input !== undefined) {
        if (!done.has(input)) visit.push({ value: input, next: 0 });
        continue;
      }
      visit.pop();
      if (!done.has(top.value)) {
        done.add(top.value);
        order.push(top.value);
      }
    }
  }
  return order;
}
