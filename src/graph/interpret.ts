import type { NdArray } from "./nd-array.ts";
import { isLeaf, leafName } from "./ops/leaf.ts";
import { type Dim, graphError, topologicalOrder, type Value } from "./value.ts";

/**
 * Runs a graph in f64, one op after another: the definition that every backend is tested against.
 * Symbolic sizes take their values from the feeds.
 */
export function interpret(
  outputs: readonly Value[],
  feeds: ReadonlyMap<Value, NdArray>,
): NdArray[] {
  const sizes = new Map<string, number>();
  const results = new Map<Value, NdArray>();
  for (const [v, fed] of feeds) {
    if (fed.shape.length !== v.shape.length) {
      throw graphError("interpret", `"${leafName(v)}" was fed [${fed.shape.join(",")}]`, [v]);
    }
    v.shape.forEach((d, i) => {
      const size = fed.shape[i] as number;
      const known = typeof d === "number" ? d : (sizes.get(d) ?? size);
      if (known !== size) {
        throw graphError("interpret", `"${leafName(v)}" was fed [${fed.shape.join(",")}]`, [v]);
      }
      if (typeof d === "string") sizes.set(d, size);
    });
    results.set(v, fed);
  }
  const bind = (d: Dim) => (typeof d === "number" ? d : (sizes.get(d) ?? 1));
  for (const v of topologicalOrder(outputs)) {
    if (results.has(v)) continue;
    if (isLeaf(v)) throw graphError("interpret", `"${leafName(v)}" was not fed`);
    const shape = v.shape.map(bind);
    const inputs = v.inputs.map((i) => results.get(i) as NdArray);
    results.set(v, { shape, data: v.rule.reference(inputs, v.attrs, shape) });
  }
  return outputs.map((v) => results.get(v) as NdArray);
}
