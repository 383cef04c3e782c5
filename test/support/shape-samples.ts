import * as ops from "../../src/graph/ops/index.ts";
import type { Value } from "../../src/graph/value.ts";
import { bools, floats, given, givenInts, indices, type OpSample } from "./op-sample.ts";

type Reduce = (x: Value, axes?: readonly number[], keepDims?: boolean) => Value;

function reduction(op: Reduce): OpSample[] {
  return [
    { title: "over all axes", inputs: [floats([2, 3])], build: (x) => op(x) },
    { title: "over the first", inputs: [floats([2, 3])], build: (x) => op(x, [0]) },
    { title: "over the last, kept", inputs: [floats([2, 3])], build: (x) => op(x, [-1], true) },
    { title: "over two of four", inputs: [floats([2, 2, 3, 2])], build: (x) => op(x, [0, 2]) },
    { title: "over one size", inputs: [floats([1, 3])], build: (x) => op(x, [0], true) },
    { title: "of a scalar", inputs: [floats([])], build: (x) => op(x) },
  ];
}

/** Two rows of four. */
const probabilities = [0.1, 0.4, 0.2, 0.3, 0.06, 0.05, 0.7, 0.19];

const kept = (p: Value, most: Value, share: Value) =>
  ops.leastKept(ops.reshape(p, [2, 4]), ops.reshape(most, []), ops.reshape(share, []));

export const reduceSamples = {
  reduceSum: reduction(ops.reduceSum),
  reduceMean: reduction(ops.reduceMean),
  reduceMax: [
    ...reduction(ops.reduceMax),
    { title: "at ties", inputs: [given(1, 3, 3)], build: (x) => ops.reduceMax(x), kinked: true },
  ],
  softmax: [
    { inputs: [floats([2, 3])], build: (x) => ops.softmax(x) },
    { title: "over the first axis", inputs: [floats([3, 2])], build: (x) => ops.softmax(x, 0) },
    { title: "over a middle axis", inputs: [floats([2, 3, 2])], build: (x) => ops.softmax(x, 1) },
    { title: "far from 0", inputs: [given(-90, 0, 85, 90)], build: (x) => ops.softmax(x) },
  ],
  logSoftmax: [
    { inputs: [floats([2, 3])], build: (x) => ops.logSoftmax(x) },
    { title: "over the first axis", inputs: [floats([3, 2])], build: (x) => ops.logSoftmax(x, 0) },
    {
      title: "over a middle axis",
      inputs: [floats([2, 3, 2])],
      build: (x) => ops.logSoftmax(x, 1),
    },
    { title: "far from 0", inputs: [given(-90, 0, 85, 90)], build: (x) => ops.logSoftmax(x) },
  ],
  argmax: [
    { inputs: [floats([3, 4])], build: (x) => ops.argmax(x) },
    { title: "over the first axis", inputs: [floats([3, 4])], build: (x) => ops.argmax(x, 0) },
    { title: "at ties", inputs: [given(1, 3, 3, 2)], build: (x) => ops.argmax(x) },
  ],
  leastKept: [
    {
      title: "of the three largest",
      inputs: [given(...probabilities), givenInts(3), given(1)],
      build: kept,
    },
    {
      title: "whose sum reaches a share",
      inputs: [given(...probabilities), givenInts(9), given(0.6)],
      build: kept,
    },
    {
      title: "first the one, then the other",
      inputs: [given(...probabilities), givenInts(2), given(0.55)],
      build: kept,
    },
    {
      title: "all",
      inputs: [given(...probabilities), givenInts(4), given(2)],
      build: kept,
    },
    {
      title: "at ties",
      inputs: [given(0.3, 0.3, 0.3, 0.1, 0.1, 0.3, 0.3, 0.3), givenInts(2), given(1)],
      build: kept,
      kinked: true,
    },
  ],
  sumTo: [
    { inputs: [floats([2, 3])], build: (x) => ops.sumTo(x, [3]) },
    { title: "keeping ones", inputs: [floats([2, 3, 2])], build: (x) => ops.sumTo(x, [1, 3, 1]) },
    { title: "a scalar", inputs: [floats([2, 3])], build: (x) => ops.sumTo(x, []) },
    { title: "nothing to sum", inputs: [floats([2, 3])], build: (x) => ops.sumTo(x, [2, 3]) },
  ],
} satisfies Record<string, readonly OpSample[]>;

export const shapeSamples = {
  broadcastTo: [
    { inputs: [floats([3])], build: (x) => ops.broadcastTo(x, [2, 3]) },
    {
      title: "inner axes",
      inputs: [floats([2, 1, 2])],
      build: (x) => ops.broadcastTo(x, [2, 3, 2]),
    },
    { title: "a scalar", inputs: [floats([])], build: (x) => ops.broadcastTo(x, [2, 2]) },
    { title: "i32", inputs: [indices([2], 9)], build: (x) => ops.broadcastTo(x, [3, 2]) },
    { title: "bool", inputs: [bools([2])], build: (x) => ops.broadcastTo(x, [3, 2]) },
  ],
  concat: [
    { inputs: [floats([2, 1]), floats([2, 3])], build: (a, b) => ops.concat([a, b], 1) },
    {
      title: "three along the first axis",
      inputs: [floats([1, 2]), floats([2, 2]), floats([1, 2])],
      build: (a, b, c) => ops.concat([a, b, c], 0),
    },
    { title: "a value twice", inputs: [floats([2, 2])], build: (a) => ops.concat([a, a], -1) },
    {
      title: "i32",
      inputs: [indices([2], 9), indices([3], 9)],
      build: (a, b) => ops.concat([a, b], 0),
    },
  ],
  cumsum: [
    { inputs: [floats([2, 3])], build: (x) => ops.cumsum(x, 1) },
    {
      title: "reverse, first axis",
      inputs: [floats([3, 2])],
      build: (x) => ops.cumsum(x, 0, true),
    },
    { title: "middle axis", inputs: [floats([2, 3, 2])], build: (x) => ops.cumsum(x, 1) },
  ],
  gatherRows: [
    { inputs: [floats([4, 3]), givenInts(2, 0, 2)], build: ops.gatherRows },
    { title: "by a matrix", inputs: [floats([4, 2]), indices([2, 3], 4)], build: ops.gatherRows },
    { title: "of a vector", inputs: [floats([4]), indices([3], 4)], build: ops.gatherRows },
    { title: "of i32", inputs: [indices([4, 2], 9), indices([3], 4)], build: ops.gatherRows },
  ],
  scatterRows: [
    {
      title: "with repeated rows",
      inputs: [floats([3, 2]), givenInts(1, 3, 1)],
      build: (x, i) => ops.scatterRows(x, i, 4),
    },
    {
      title: "by a matrix",
      inputs: [floats([2, 3, 2]), indices([2, 3], 4)],
      build: (x, i) => ops.scatterRows(x, i, 4),
    },
    {
      title: "numbers",
      inputs: [floats([5]), indices([5], 3)],
      build: (x, i) => ops.scatterRows(x, i, 3),
    },
    {
      title: "i32",
      inputs: [indices([3, 2], 9), givenInts(0, 0, 2)],
      build: (x, i) => ops.scatterRows(x, i, 3),
    },
  ],
  oneHot: [
    { inputs: [givenInts(2, 0, 1, 2)], build: (i) => ops.oneHot(i, 3) },
    { title: "of a matrix", inputs: [indices([2, 3], 4)], build: (i) => ops.oneHot(i, 4) },
  ],
  pickRows: [
    { inputs: [floats([2, 3, 4]), indices([2, 2], 3)], build: ops.pickRows },
    {
      title: "the same twice",
      inputs: [floats([1, 2, 3]), indices([1, 4], 2)],
      build: ops.pickRows,
    },
  ],
  pick: [
    { inputs: [floats([3, 4]), givenInts(2, 0, 3)], build: ops.pick },
    { title: "by a matrix", inputs: [floats([2, 3, 4]), indices([2, 3], 4)], build: ops.pick },
    { title: "one of a vector", inputs: [floats([1, 4]), givenInts(1)], build: ops.pick },
  ],
  pad: [
    { inputs: [floats([2, 2])], build: (x) => ops.pad(x, 1, 1, 2) },
    { title: "the first axis", inputs: [floats([2, 2, 2])], build: (x) => ops.pad(x, 0, 2, 0) },
    { title: "i32", inputs: [indices([3], 9)], build: (x) => ops.pad(x, 0, 1, 1) },
  ],
  reshape: [
    { inputs: [floats([2, 3])], build: (x) => ops.reshape(x, [3, 2]) },
    { title: "to more axes", inputs: [floats([6])], build: (x) => ops.reshape(x, [1, 2, 3]) },
    { title: "to a scalar", inputs: [floats([1, 1])], build: (x) => ops.reshape(x, []) },
    { title: "bool", inputs: [bools([2, 2])], build: (x) => ops.reshape(x, [4]) },
  ],
  slice: [
    { inputs: [floats([2, 4])], build: (x) => ops.slice(x, 1, 1, 3) },
    { title: "to the end", inputs: [floats([4, 2])], build: (x) => ops.slice(x, 0, 2) },
    { title: "a middle axis", inputs: [floats([2, 3, 2])], build: (x) => ops.slice(x, -2, 0, 2) },
    { title: "i32", inputs: [indices([4], 9)], build: (x) => ops.slice(x, 0, 1, 3) },
    { title: "bool", inputs: [bools([4])], build: (x) => ops.slice(x, 0, 1, 3) },
  ],
  transpose: [
    { inputs: [floats([2, 3])], build: (x) => ops.transpose(x) },
    { title: "three axes", inputs: [floats([2, 3, 2])], build: (x) => ops.transpose(x, [2, 0, 1]) },
    {
      title: "NCHW to NHWC",
      inputs: [floats([1, 2, 2, 3])],
      build: (x) => ops.transpose(x, [0, 2, 3, 1]),
    },
    { title: "i32", inputs: [indices([2, 3], 9)], build: (x) => ops.transpose(x) },
    { title: "bool", inputs: [bools([2, 3])], build: (x) => ops.transpose(x) },
  ],
} satisfies Record<string, readonly OpSample[]>;

export const leafSamples = {
  leaf: [
    { inputs: [floats([2, 2])], build: (x) => x },
    { title: "i32", inputs: [indices([3], 9)], build: (x) => x },
    { title: "bool", inputs: [bools([3])], build: (x) => x },
  ],
  constant: [
    { inputs: [floats([3])], build: (x) => ops.mul(x, ops.constant([1, -2, 3], [3])) },
    {
      title: "i32",
      inputs: [floats([3, 2])],
      build: (x) => ops.gatherRows(x, ops.constant(Int32Array.of(2, 0), [2])),
    },
    {
      title: "bool",
      inputs: [floats([3]), floats([3])],
      build: (a, b) => ops.where(ops.constant([1, 0, 1], [3], "bool"), a, b),
    },
    { title: "alone", inputs: [], build: () => ops.constant([1.5, 2.5], [2]) },
  ],
  scalar: [{ inputs: [floats([2])], build: (x) => ops.mul(x, ops.scalar(-3)) }],
} satisfies Record<string, readonly OpSample[]>;
