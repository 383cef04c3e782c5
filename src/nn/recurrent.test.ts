import { expect, test } from "vitest";
import { gradients } from "../graph/gradients.ts";
import { interpret } from "../graph/interpret.ts";
import type { NdArray } from "../graph/nd-array.ts";
import * as ops from "../graph/ops/index.ts";
import { topologicalOrder, type Value } from "../graph/value.ts";
import { Random } from "../util/random.ts";
import { lstm, lstmCell, Variables } from "./index.ts";

const [steps, batch, width, size] = [4, 3, 5, 2];
const random = new Random(1, "recurrent");

function drawn(shape: readonly number[]): NdArray {
  const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
  random.fillNormal(data);
  return { shape, data };
}

/** outputs [T,N,H] and the gradients of a weighted sum of them in x and in all weights. */
function graphOf(build: (variables: Variables, x: Value) => Value, x: Value, cotangent: NdArray) {
  const variables = new Variables();
  const outputs = build(variables, x);
  const weighted = ops.mul(outputs, ops.constant(cotangent.data, cotangent.shape as number[]));
  const sources = [x, ...[...variables.all.values()].map((v) => v.value)];
  return { variables, roots: [outputs, ...gradients(ops.reduceSum(weighted), sources)] };
}

const byCells = (variables: Variables, x: Value) => {
  const zero = ops.constant(new Float64Array(batch * size), [batch, size]);
  let state = { hidden: zero, cell: zero };
  const outputs: Value[] = [];
  for (let t = 0; t < steps; t++) {
    const now = ops.reshape(ops.slice(x, 0, t, t + 1), [batch, width]);
    state = lstmCell(variables.scope("net/lstm"), now, state);
    outputs.push(ops.reshape(state.hidden, [1, batch, size]));
  }
  return ops.concat(outputs, 0);
};
const bySequence = (variables: Variables, x: Value) =>
  lstm(variables.scope("net/lstm"), x, size).outputs;

test("a sequence is its cells one after another, gradients included", () => {
  const x = ops.leaf("x", [steps, batch, width], { kind: "data" });
  const cotangent = drawn([steps, batch, size]);
  const [a, b] = [graphOf(byCells, x, cotangent), graphOf(bySequence, x, cotangent)];
  const arrays = new Map([...a.variables.all].map(([name, v]) => [name, drawn(v.shape)]));
  const input = drawn([steps, batch, width]);
  const [one, two] = [a, b].map(({ variables, roots }) => {
    const feeds = new Map([[x, input]]);
    for (const [name, v] of variables.all) feeds.set(v.value, arrays.get(name) as NdArray);
    const results = interpret(roots, feeds);
    const names = ["outputs", "x", ...variables.all.keys()];
    return new Map(results.map((r, i) => [names[i] as string, r]));
  }) as [Map<string, NdArray>, Map<string, NdArray>];
  expect([...two.keys()].sort()).toEqual([...one.keys()].sort());
  for (const [name, { data }] of one) {
    data.forEach((v, i) => {
      expect(two.get(name)?.data[i], name).toBeCloseTo(v, 10);
    });
  }
});

test("each weight's gradient over a sequence is one product", () => {
  const x = ops.leaf("x", [steps, batch, width], { kind: "data" });
  const { roots, variables } = graphOf(bySequence, x, drawn([steps, batch, size]));
  const long = steps * batch;
  for (const name of ["inputWeight", "hiddenWeight"]) {
    const at = [...variables.all.keys()].indexOf(`net/lstm/${name}`);
    const products = topologicalOrder([roots[at + 2] as Value]).filter(
      (v) => v.rule === ops.matMul.rule && v.attrs.transB === true && v.shape[0] === 4 * size,
    );
    expect(products, name).toHaveLength(1);
    expect(products[0]?.inputs[0]?.shape[1]).toBeGreaterThan(long - batch - 1);
  }
});
