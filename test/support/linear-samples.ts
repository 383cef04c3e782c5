import * as ops from "../../src/graph/ops/index.ts";
import type { ConvOptions } from "../../src/graph/ops/linear/conv-geometry.ts";
import type { Value } from "../../src/graph/value.ts";
import { floats, type OpSample } from "./op-sample.ts";

function product(
  title: string,
  a: number[],
  b: number[],
  options: { transA?: boolean; transB?: boolean } = {},
): OpSample {
  return { title, inputs: [floats(a), floats(b)], build: (x, y) => ops.matMul(x, y, options) };
}

interface ConvCase {
  readonly title: string;
  readonly x: readonly [n: number, c: number, h: number, w: number];
  readonly w: readonly [k: number, c: number, kh: number, kw: number];
  readonly options?: ConvOptions;
}

const convCases: readonly ConvCase[] = [
  { title: "plain", x: [2, 2, 4, 3], w: [3, 2, 2, 3] },
  { title: "1x1", x: [2, 3, 2, 2], w: [2, 3, 1, 1] },
  { title: "3x3 same", x: [1, 2, 4, 5], w: [2, 2, 3, 3], options: { pads: [1, 1, 1, 1] } },
  {
    title: "k4 s2 p1",
    x: [2, 2, 6, 4],
    w: [2, 2, 4, 4],
    options: { strides: [2, 2], pads: [1, 1, 1, 1] },
  },
  {
    title: "stride 2, the last row and column not covered",
    x: [1, 2, 6, 8],
    w: [2, 2, 3, 3],
    options: { strides: [2, 2] },
  },
  {
    title: "stride 3, two rows not covered, odd sizes",
    x: [2, 1, 7, 9],
    w: [2, 1, 2, 1],
    options: { strides: [3, 3] },
  },
  {
    title: "uneven strides and pads",
    x: [1, 2, 5, 6],
    w: [1, 2, 3, 2],
    options: { strides: [1, 2], pads: [0, 1, 2, 0] },
  },
  { title: "dilated", x: [1, 2, 7, 6], w: [2, 2, 3, 2], options: { dilations: [2, 3] } },
  {
    title: "dilated, strided and padded",
    x: [2, 1, 8, 7],
    w: [2, 1, 3, 3],
    options: { strides: [2, 3], dilations: [2, 1], pads: [1, 2, 1, 0] },
  },
  { title: "grouped", x: [2, 4, 4, 4], w: [6, 2, 3, 3], options: { groups: 2 } },
  {
    title: "depthwise, strided, padded",
    x: [2, 3, 5, 5],
    w: [3, 1, 3, 3],
    options: { groups: 3, strides: [2, 2], pads: [1, 1, 1, 1] },
  },
  {
    title: "grouped, dilated, strided, not covered",
    x: [1, 4, 8, 9],
    w: [4, 2, 2, 3],
    options: { groups: 2, strides: [2, 2], dilations: [2, 1] },
  },
  { title: "a kernel as large as the image", x: [3, 2, 4, 4], w: [1, 2, 4, 4] },
];

function outputShape({ x, w, options }: ConvCase): number[] {
  const leaf = (shape: readonly number[]) => ops.leaf("", shape, { kind: "data" });
  return [...(ops.conv(leaf(x), leaf(w), options).shape as readonly number[])];
}

export const linearSamples = {
  matMul: [
    product("two matrices", [2, 3], [3, 4]),
    product("transA", [3, 2], [3, 4], { transA: true }),
    product("transB", [2, 3], [4, 3], { transB: true }),
    product("both transposed", [3, 2], [4, 3], { transA: true, transB: true }),
    product("batched", [2, 2, 3], [2, 3, 2]),
    product("batched, transposed", [2, 3, 2], [2, 2, 3], { transA: true, transB: true }),
    product("a batch by one matrix", [2, 2, 3], [3, 2]),
    product("a batch by one matrix, transposed", [2, 2, 3], [2, 3], { transB: true }),
    product("one matrix by a batch", [2, 3], [2, 3, 2]),
    product("batches that broadcast", [2, 1, 2, 3], [3, 3, 2]),
    product("one row", [1, 3], [3, 1]),
  ],
  conv: convCases.map(
    ({ title, x, w, options }): OpSample => ({
      title,
      inputs: [floats(x), floats(w)],
      build: (a: Value, b: Value) => ops.conv(a, b, options),
    }),
  ),
  convInputGrad: convCases.map(
    (c): OpSample => ({
      title: c.title,
      inputs: [floats(outputShape(c)), floats(c.w)],
      build: (y: Value, w: Value) => ops.convInputGrad(y, w, [c.x[2], c.x[3]], c.options),
    }),
  ),
  convWeightGrad: convCases.map(
    (c): OpSample => ({
      title: c.title,
      inputs: [floats(c.x), floats(outputShape(c))],
      build: (x: Value, y: Value) => ops.convWeightGrad(x, y, [c.w[2], c.w[3]], c.options),
    }),
  ),
} satisfies Record<string, readonly OpSample[]>;
