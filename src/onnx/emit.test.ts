import { expect, test } from "vitest";
import * as ops from "../graph/ops/index.ts";
import { leaf } from "../graph/ops/leaf.ts";
import type { Value } from "../graph/value.ts";
import { withPath } from "../graph/value.ts";
import { cpuBackend, type Tensor } from "../runtime/index.ts";
import { emitModel, type NamedGraph } from "./emit.ts";

const data = { kind: "data" } as const;

function named(inputs: Record<string, Value>, outputs: Record<string, Value>): NamedGraph {
  return {
    name: "test",
    inputs: new Map(Object.entries(inputs)),
    outputs: new Map(Object.entries(outputs)),
  };
}

function vector(...xs: number[]): Tensor {
  return { dtype: "f32", dims: [xs.length], data: Float32Array.from(xs) };
}

async function run(graph: NamedGraph, feeds: Record<string, Tensor>) {
  const session = await cpuBackend({ threads: 1 }).compile(graph);
  const results = await session.run(new Map(Object.entries(feeds)));
  await session.release();
  return Object.fromEntries(
    [...results].map(([name, tensor]) => [name, [...(tensor as Tensor).data]]),
  );
}

test("the node that makes an output takes its name, so that no Identity copies it", async () => {
  const x = ops.leaf("x", [2], data);
  const e = ops.exp(x);
  const graph = named({ x }, { sum: ops.add(e, e), e });
  const { nodes } = emitModel(graph).graph;
  expect(nodes.map((n) => [n.op, n.inputs, n.outputs])).toEqual([
    ["Exp", ["x"], ["e"]],
    ["Add", ["e", "e"], ["sum"]],
  ]);
  expect(await run(graph, { x: vector(0, 0) })).toEqual({ sum: [2, 2], e: [1, 1] });
});

test("outputs that are inputs, constants or named twice get an Identity", async () => {
  const x = ops.leaf("x", [2], data);
  const e = ops.exp(x);
  const graph = named(
    { x },
    { same: x, passed: ops.stopGradient(x), fixed: ops.constant([5, 6], [2]), first: e, second: e },
  );
  const { nodes } = emitModel(graph).graph;
  expect(nodes.filter((n) => n.op === "Identity").map((n) => n.outputs[0])).toEqual([
    "same",
    "passed",
    "fixed",
    "second",
  ]);
  expect(await run(graph, { x: vector(0, 1) })).toEqual({
    same: [0, 1],
    passed: [0, 1],
    fixed: [5, 6],
    first: [1, Math.fround(Math.E)],
    second: [1, Math.fround(Math.E)],
  });
});

test("inputs and outputs may be called what the emitter would call its own values", async () => {
  const [v0, c1] = [ops.leaf("v0", [2], data), ops.leaf("c1", [2], data)];
  const y = ops.add(ops.mul(v0, ops.constant([3, 4], [2])), ops.neg(ops.exp(c1)));
  const graph = named({ v0, c1 }, { v2: y, c3: ops.neg(y), v4: ops.exp(c1) });
  const results = await run(graph, { v0: vector(1, 1), c1: vector(0, 0) });
  expect(results).toEqual({ v2: [2, 3], c3: [-2, -3], v4: [1, 1] });
});

test("inputs that nothing reads are left out", () => {
  const [x, y] = [ops.leaf("x", [1], data), ops.leaf("y", [1], data)];
  expect(emitModel(named({ x, y }, { z: ops.neg(y) })).graph.inputs.map((i) => i.name)).toEqual([
    "y",
  ]);
});

test("a constant of -0, NaN or an infinity keeps its own initializer", async () => {
  const one = ops.scalar(1);
  const by = (d: number) => ops.div(one, ops.stopGradient(ops.scalar(d)));
  const graph = named(
    {},
    { plus: by(0), minus: by(-0), none: by(Number.NaN), small: by(Number.NEGATIVE_INFINITY) },
  );
  expect(await run(graph, {})).toEqual({
    plus: [Number.POSITIVE_INFINITY],
    minus: [Number.NEGATIVE_INFINITY],
    none: [Number.NaN],
    small: [-0],
  });
});

test("wrong graphs are told with names and places", () => {
  const x = ops.leaf("x", [1], data);
  const lost = ops.leaf("lost", [1], data);
  const y = withPath("g/up1", () => ops.exp(x));
  expect(() => emitModel(named({ x }, { y: ops.add(y, lost) }))).toThrow('"lost" is not an input');
  expect(() => emitModel(named({ y }, { z: ops.neg(y) }))).toThrow('input "y" is not a leaf');
  expect(() => emitModel(named({ a: x, b: x }, { y }))).toThrow('inputs "a" and "b" are the same');
  const batch = ops.leaf("x", ["N", 1, 3, 3], data);
  const dw = withPath("g/up2", () => ops.convWeightGrad(batch, batch, [1, 1]));
  expect(() => emitModel(named({ batch }, { dw }))).toThrow(
    /"g\/up2": axis 0 must have a known size/,
  );
});

test("nodes carry the place in the user's model", () => {
  const x = ops.leaf("x", [1], data);
  const y = withPath("g/up1", () => ops.exp(x));
  expect(emitModel(named({ x }, { y })).graph.nodes[0]?.name).toMatch(/^g\/up1\//);
});

test("a symbolic size that moves to another axis keeps its name", async () => {
  const x = leaf("x", [3, "N"], data);
  const row = ops.reshape(ops.slice(x, 0, 1, 2), ["N"]);
  const graph = named({ x }, { twice: ops.add(row, row) });
  const { nodes, stated } = emitModel(graph).graph;
  const made = nodes.find(({ op }) => op === "Reshape")?.outputs[0];
  expect(stated).toEqual([{ name: made, dtype: "f32", shape: ["N"] }]);
  const feeds = {
    x: { dtype: "f32", dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  } as const;
  expect(await run(graph, feeds)).toEqual({ twice: [6, 8] });
});
