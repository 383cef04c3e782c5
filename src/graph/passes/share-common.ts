import { isLeaf } from "../ops/leaf.ts";
import { rewriteGraph, withInputs } from "../rewrite.ts";
import type { AttrValue, Value } from "../value.ts";

/** Merges values that apply the same op with the same attributes to the same inputs. */
export function shareCommon(outputs: readonly Value[]): Value[] {
  const known = new Map<string, Value>();
  return rewriteGraph(outputs, (original, inputs) => {
    const v = withInputs(original, inputs);
    if (isLeaf(v)) return v;
    const key = `${v.rule.name}(${v.inputs.map((i) => i.id).join()})${JSON.stringify(v.attrs, plain)}`;
    const same = known.get(key);
    if (!same) known.set(key, v);
    return same ?? v;
  });
}

const identities = new WeakMap<object, number>();
let nextIdentity = 0;

/** A number as text that tells -0 from 0, and the infinities and NaN, which JSON has none for. */
export function numberKey(x: number): string {
  return Object.is(x, -0) ? "-0" : String(x);
}

/** Short arrays compare by content, long ones (index tables) by being the same object. */
function plain(_key: string, value: AttrValue): unknown {
  if (typeof value === "number") return numberKey(value);
  if (!ArrayBuffer.isView(value)) return value;
  if (value.length <= 64) return Array.from(value);
  const identity = identities.get(value) ?? nextIdentity++;
  identities.set(value, identity);
  return `#${identity}`;
}
