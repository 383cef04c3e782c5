import { expect, test } from "vitest";
import { referenceFeeds, relativeError } from "../../test/support/derivatives.ts";
import { randomGraph } from "../../test/support/random-graph.ts";
import { emitModel } from "../onnx/emit.ts";
import { cpuBackend, type Tensor } from "../runtime/index.ts";
import { interpret } from "./interpret.ts";
import type { NdArray } from "./nd-array.ts";
import { simplify } from "./passes/index.ts";
import { topologicalOrder } from "./value.ts";

/** f64 against f64: reordered sums only. */
const passTolerance = 1e-11;
/** f32 against f64 through up to 30 chained ops. */
const runtimeTolerance = 1e-4;
const graphs = 80;

/** Runs of this file use seeds 0..graphs-1; FUZZ_SEED looks at another window. */
const firstSeed = Number(process.env.FUZZ_SEED ?? 0);

function expectSame(truth: readonly NdArray[], found: readonly NdArray[], what: string): void {
  truth.forEach((array, i) => {
    expect(found[i]?.shape, `${what} ${i}`).toEqual(array.shape);
    const error = relativeError(array.data, found[i]?.data ?? []);
    expect(error, `${what} ${i}`).toBeLessThan(passTolerance);
  });
}

test(`${graphs} random graphs with gradients: passes keep results, the CPU agrees with f64`, async () => {
  const backend = cpuBackend({ threads: 1 });
  let [before, after] = [0, 0];
  const seen = new Set<string>();
  for (let seed = firstSeed; seed < firstSeed + graphs; seed++) {
    const { graph, feeds } = randomGraph(seed);
    const outputs = [...graph.outputs.values()];
    const simple = simplify(outputs);
    for (const v of topologicalOrder(outputs)) seen.add(v.rule.name);
    before += topologicalOrder(outputs).length;
    after += topologicalOrder(simple).length;
    const arrays = referenceFeeds(graph, feeds);
    const truth = interpret(outputs, arrays);
    expectSame(truth, interpret(simple, arrays), `seed ${seed}, simplified output`);
    expectSame(truth, interpret(simplify(simple), arrays), `seed ${seed}, twice simplified output`);
    const session = await backend.compile(graph);
    const results = await session.run(feeds);
    await session.release();
    [...graph.outputs.keys()].forEach((name, i) => {
      const found = results.get(name) as Tensor;
      expect(found.dims, `seed ${seed}, ${name}`).toEqual(truth[i]?.shape);
      const error = relativeError(truth[i]?.data ?? [], found.data);
      expect(error, `seed ${seed}, ${name}`).toBeLessThan(runtimeTolerance);
    });
  }
  expect(after).toBeLessThan(0.9 * before);
  expect(seen.size).toBeGreaterThan(38);
});

test("a seed gives the same graph each time", () => {
  const nodes = (seed: number) => JSON.stringify(emitModel(randomGraph(seed).graph).graph.nodes);
  expect(nodes(3)).toBe(nodes(3));
  expect(nodes(3)).not.toBe(nodes(4));
});
