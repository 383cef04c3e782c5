import { describe, expect, test } from "vitest";
import { derivativesOf, referenceFeeds } from "../../../test/support/derivatives.ts";
import { allSamples, opSamples } from "../../../test/support/op-samples.ts";
import { interpret } from "../interpret.ts";
import type { NdArray } from "../nd-array.ts";
import { topologicalOrder, type Value } from "../value.ts";
import * as ops from "./index.ts";

/** Bound on |rule - central difference| / max(1, |central difference|). */
const tolerance = 1e-6;

/** d(objective)/d(x) in f64 by central differences. */
function centralDifferences(objective: Value, x: Value, feeds: Map<Value, NdArray>): number[] {
  const { shape, data } = feeds.get(x) as NdArray;
  const at = (i: number, to: number) => {
    const moved = Float64Array.from(data);
    moved[i] = to;
    const [result] = interpret([objective], new Map(feeds).set(x, { shape, data: moved }));
    return result?.data[0] as number;
  };
  return Array.from(data, (v, i) => {
    const h = 1e-5 * Math.max(1, Math.abs(v));
    return (at(i, v + h) - at(i, v - h)) / (v + h - (v - h));
  });
}

function expectClose(found: ArrayLike<number>, expected: readonly number[], what: string): void {
  expect(found.length, what).toBe(expected.length);
  expected.forEach((e, i) => {
    const error = Math.abs((found[i] as number) - e) / Math.max(1, Math.abs(e));
    expect(error, `${what}[${i}]: rule ${found[i]}, difference ${e}`).toBeLessThan(tolerance);
  });
}

test("every exported op has samples, and each sample uses its op", () => {
  expect(Object.keys(opSamples).sort()).toEqual(Object.keys(ops).sort());
  for (const [name, op] of Object.entries(ops)) {
    const samples = opSamples[name as keyof typeof ops];
    expect(samples.length, name).toBeGreaterThan(0);
    if (!("rule" in op)) continue;
    const used = samples.some((s) =>
      topologicalOrder([derivativesOf(name, s).y]).some((v) => v.rule === op.rule),
    );
    expect(used, `a sample of ${name} uses it`).toBe(true);
  }
});

test("every differentiable op is differentiated by a sample", () => {
  for (const [name, op] of Object.entries(ops)) {
    const samples = opSamples[name as keyof typeof ops];
    if (!("rule" in op && op.rule.gradient)) continue;
    const checked = samples.some((s) => !s.kinked && derivativesOf(name, s).first);
    expect(checked, name).toBe(true);
  }
});

describe("gradients equal central differences", () => {
  for (const { name, sample } of allSamples()) {
    const { graph, feeds, first, second, wrt, cotangent } = derivativesOf(name, sample);
    if (!first || !second || !cotangent || sample.kinked) continue;
    test(name, () => {
      const arrays = referenceFeeds(graph, feeds);
      const found = interpret([...first.gradients, ...second.gradients], arrays);
      const zeros = (v: Value) =>
        new Array<number>((v.shape as number[]).reduce((n, d) => n * d, 1)).fill(0);
      const truth = (objective: Value, x: Value) =>
        sample.blocks ? zeros(x) : centralDifferences(objective, x, arrays);
      wrt.forEach((x, i) => {
        expectClose((found[i] as NdArray).data, truth(first.objective, x), `g${i}`);
      });
      [...wrt, cotangent].forEach((x, i) => {
        const array = found[first.gradients.length + i] as NdArray;
        expectClose(array.data, truth(second.objective, x), `h${i}`);
      });
    });
  }
});
