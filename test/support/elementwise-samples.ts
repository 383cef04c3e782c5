import * as ops from "../../src/graph/ops/index.ts";
import type { Value } from "../../src/graph/value.ts";
import { bools, floats, given, givenInts, indices, type OpSample } from "./op-sample.ts";

const shape = [2, 3];
const wide = given(-80, -20, -3, 0, 3, 20, 80);

function unary(op: (x: Value) => Value, low?: number, high?: number): OpSample {
  return { inputs: [floats(shape, low, high)], build: op };
}

/** Far from 0, where a careless kernel overflows. */
function far(op: (x: Value) => Value): OpSample {
  return { title: "far from 0", inputs: [wide], build: op };
}

export const unarySamples = {
  abs: [unary(ops.abs), { title: "at 0", inputs: [given(0, -1, 1)], build: ops.abs, kinked: true }],
  cast: [
    {
      title: "f32 to i32",
      inputs: [given(-2.7, -0.5, 0.5, 2.7)],
      build: (x) => ops.cast(x, "i32"),
    },
    { title: "f32 to bool", inputs: [given(-2, 0, 0.5)], build: (x) => ops.cast(x, "bool") },
    { title: "i32 to f32", inputs: [givenInts(-3, 0, 7)], build: (x) => ops.cast(x, "f32") },
    { title: "i32 to bool", inputs: [givenInts(-3, 0, 7)], build: (x) => ops.cast(x, "bool") },
    { title: "bool to f32", inputs: [bools(shape)], build: (x) => ops.cast(x, "f32") },
    { title: "bool to i32", inputs: [bools(shape)], build: (x) => ops.cast(x, "i32") },
  ],
  cos: [unary(ops.cos)],
  erf: [unary(ops.erf, -3, 3)],
  exp: [unary(ops.exp)],
  leakyMask: [
    unary((x) => ops.leakyMask(x, 0.2)),
    { title: "at 0", inputs: [given(0, -1, 1)], build: (x) => ops.leakyMask(x, 0), kinked: true },
  ],
  leakyRelu: [
    unary((x) => ops.leakyRelu(x)),
    { title: "at 0", inputs: [given(0, -1, 1)], build: (x) => ops.leakyRelu(x, 0.1), kinked: true },
    { title: "slope 1", inputs: [floats(shape)], build: (x) => ops.leakyRelu(x, 1) },
  ],
  log: [unary(ops.log, 0.3, 3)],
  neg: [unary(ops.neg)],
  power: [
    {
      title: "of a positive base",
      inputs: [floats(shape, 0.3, 2)],
      build: (x) => ops.power(x, 2.5),
    },
    { title: "2", inputs: [floats(shape)], build: (x) => ops.power(x, 2) },
    { title: "3 of either sign", inputs: [floats(shape)], build: (x) => ops.power(x, 3) },
    { title: "-1", inputs: [floats(shape, -2, -0.4)], build: (x) => ops.power(x, -1) },
    { title: "-1.5", inputs: [floats(shape, 0.5, 2)], build: (x) => ops.power(x, -1.5) },
    {
      title: "0 and 1",
      inputs: [floats(shape)],
      build: (x) => ops.add(ops.power(x, 0), ops.power(x, 1)),
    },
    { title: "0 at 0", inputs: [given(0, 1)], build: (x) => ops.power(x, 0) },
  ],
  relu: [
    unary(ops.relu),
    { title: "at 0", inputs: [given(0, -1, 1)], build: ops.relu, kinked: true },
  ],
  sigmoid: [unary(ops.sigmoid), far(ops.sigmoid)],
  sign: [
    unary(ops.sign),
    { title: "at 0", inputs: [given(0, -1, 1)], build: ops.sign, kinked: true },
  ],
  sin: [unary(ops.sin)],
  softplus: [unary(ops.softplus), far(ops.softplus)],
  sqrt: [unary(ops.sqrt, 0.3, 3)],
  tanh: [unary(ops.tanh), far(ops.tanh)],
  stopGradient: [{ inputs: [floats(shape)], build: ops.stopGradient, blocks: true }],
} satisfies Record<string, readonly OpSample[]>;

/** Every way that two shapes broadcast: equal, stretched on either side, missing leading axes, []. */
function binary(op: (a: Value, b: Value) => Value, low?: number, high?: number): OpSample[] {
  const pairs: [string, number[], number[]][] = [
    ["same shapes", [2, 3], [2, 3]],
    ["a stretched", [2, 1, 3], [4, 3]],
    ["both stretched", [2, 1], [1, 3]],
    ["by a scalar", [2, 3], []],
    ["of a scalar", [], [3]],
  ];
  return pairs.map(([title, a, b]) => ({
    title,
    inputs: [floats(a), floats(b, low, high)],
    build: op,
  }));
}

function ties(op: (a: Value, b: Value) => Value): OpSample {
  return { title: "at ties", inputs: [given(1, 2, 3), given(1, 1, 4)], build: op, kinked: true };
}

export const binarySamples = {
  add: binary(ops.add),
  sub: binary(ops.sub),
  mul: [
    ...binary(ops.mul),
    { title: "by itself", inputs: [floats(shape)], build: (x) => ops.mul(x, x) },
  ],
  div: binary(ops.div, 0.5, 2),
  maximum: [...binary(ops.maximum), ties(ops.maximum)],
  minimum: [...binary(ops.minimum), ties(ops.minimum)],
  greater: [...binary(ops.greater), ties(ops.greater)],
  greaterOrEqual: [...binary(ops.greaterOrEqual), ties(ops.greaterOrEqual)],
  where: [
    { inputs: [bools(shape), floats(shape), floats(shape)], build: ops.where },
    { title: "broadcast", inputs: [bools([2, 1]), floats([3]), floats([])], build: ops.where },
    {
      title: "of a comparison",
      inputs: [floats([5]), floats([5])],
      build: (a, b) => ops.where(ops.greater(a, b), ops.mul(a, a), b),
    },
    {
      title: "of integers compared as numbers",
      inputs: [indices([6], 4), floats([6])],
      build: (i, x) => ops.where(ops.greater(ops.cast(i, "f32"), ops.scalar(1)), x, ops.neg(x)),
    },
  ],
} satisfies Record<string, readonly OpSample[]>;
