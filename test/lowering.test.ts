import { describe, expect, test } from "vitest";
import { gradients } from "../src/graph/gradients.ts";
import { interpret } from "../src/graph/interpret.ts";
import type { NdArray } from "../src/graph/nd-array.ts";
import * as ops from "../src/graph/ops/index.ts";
import { leafName } from "../src/graph/ops/leaf.ts";
import { simplify } from "../src/graph/passes/index.ts";
import { elementCount, topologicalOrder, type Value } from "../src/graph/value.ts";
import { downsampleFiltered, upsampleFiltered } from "../src/nn/index.ts";
import { cpuBackend, type Tensor } from "../src/runtime/index.ts";
import { lowerForCpu } from "../src/runtime/lowering/index.ts";
import { Random } from "../src/util/random.ts";

/** Bounds on the largest error against the largest number: in f64, and in f32 at run time. */
const exact = 1e-12;
const tolerance = 2e-5;

type Leaves = readonly Value[];

function drawn(leaves: Leaves, seed: string): Map<Value, NdArray> {
  const random = new Random(7, seed);
  return new Map(
    leaves.map((v) => {
      const data = new Float32Array(elementCount(v.shape));
      random.fillNormal(data);
      return [v, { shape: v.shape as readonly number[], data: Float64Array.from(data) }];
    }),
  );
}

function worst(found: ArrayLike<number>, expected: Float64Array): number {
  let [error, scale] = [0, 1e-30];
  expected.forEach((x, i) => {
    error = Math.max(error, Math.abs(x - (found[i] as number)));
    scale = Math.max(scale, Math.abs(x));
  });
  return error / scale;
}

/** The lowered graph against the graph in f64, by the interpreter and on ONNX Runtime. */
async function checkLowering(name: string, leaves: Leaves, outputs: readonly Value[]) {
  const feeds = drawn(leaves, name);
  const simple = simplify(outputs);
  const truth = interpret(simple, feeds);
  const lowered = simplify(lowerForCpu(simple));
  interpret(lowered, feeds).forEach((y, i) => {
    expect(y.shape).toEqual(truth[i]?.shape);
    expect(worst(y.data, truth[i]?.data as Float64Array), `output ${i}`).toBeLessThan(exact);
  });
  const session = await cpuBackend({ threads: 1 }).compile({
    name,
    inputs: new Map(leaves.map((v) => [leafName(v), v])),
    outputs: new Map(outputs.map((v, i) => [`y${i}`, v])),
  });
  const tensors = [...feeds].map(([v, { shape, data }]): [string, Tensor] => [
    leafName(v),
    { dtype: "f32", dims: shape, data: Float32Array.from(data) },
  ]);
  const results = await session.run(new Map(tensors));
  outputs.forEach((_, i) => {
    const found = (results.get(`y${i}`) as Tensor).data;
    expect(worst(found, truth[i]?.data as Float64Array), `output ${i}`).toBeLessThan(tolerance);
  });
  await session.release();
  return lowered;
}

function count(outputs: readonly Value[], rule: unknown): number {
  return topologicalOrder(outputs).filter((v) => v.rule === rule).length;
}

function convolutions(outputs: readonly Value[]): number {
  return [ops.conv, ops.convInputGrad, ops.convWeightGrad].reduce(
    (n, op) => n + count(outputs, op.rule),
    0,
  );
}

interface Case {
  readonly batch: number;
  readonly channels: readonly [large: number, small: number];
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
  readonly groups?: number;
}

/** A convolution with all its first and second derivatives. */
function derivatives({ batch, channels, size, kernel, stride, pad, groups = 1 }: Case) {
  const x = ops.leaf("x", [batch, channels[0], size, size], { kind: "data" });
  const shape = [channels[1], channels[0] / groups, kernel, kernel];
  const w = ops.leaf("w", shape, { kind: "parameter" });
  const y = ops.conv(x, w, { strides: [stride, stride], pads: [pad, pad, pad, pad], groups });
  const c = ops.leaf("c", y.shape, { kind: "data" });
  const first = gradients(ops.reduceSum(ops.mul(ops.mul(y, y), c)), [x, w]);
  const norms = first.map((g) => ops.reduceMean(ops.mul(g, g)));
  const second = gradients(
    norms.reduce((a, b) => ops.add(a, b)),
    [x, w, c],
  );
  return { leaves: [x, w, c], outputs: [y, ...first, ...second] };
}

describe("a convolution, its gradients and second gradients, lowered", () => {
  const wide = { channels: [16, 24], kernel: 4, stride: 2, pad: 1 } as const;
  const thin = { channels: [16, 16], kernel: 3, stride: 1, pad: 1 } as const;
  const cases: readonly Case[] = [
    ...[4, 8, 14, 16, 20, 32].map((size) => ({ ...wide, batch: size > 16 ? 1 : 3, size })),
    ...[4, 8, 14, 16].map((size) => ({ ...thin, batch: 2, size })),
    { ...wide, batch: 3, channels: [3, 8], size: 16 },
    { ...wide, batch: 2, channels: [1, 8], size: 28 },
    { batch: 2, channels: [3, 16], size: 16, kernel: 3, stride: 1, pad: 1 },
    { batch: 3, channels: [5, 1], size: 4, kernel: 4, stride: 1, pad: 0 },
    { batch: 2, channels: [6, 9], size: 7, kernel: 7, stride: 1, pad: 0 },
    { batch: 2, channels: [16, 20], size: 12, kernel: 1, stride: 1, pad: 0 },
    // Groups side by side in one product, groups too wide for that, and three pairs of groups.
    { ...thin, batch: 2, channels: [32, 48], size: 16, groups: 4 },
    { ...thin, batch: 1, channels: [144, 144], size: 4, groups: 2 },
    { ...thin, batch: 2, channels: [96, 48], size: 8, groups: 6 },
    { batch: 2, channels: [16, 32], size: 12, kernel: 1, stride: 1, pad: 0, groups: 2 },
  ];
  for (const c of cases) {
    const groups = c.groups ? ` in ${c.groups} groups` : "";
    const name = `${c.kernel}x${c.kernel}/${c.stride} on ${c.channels.join("->")}${groups} at ${c.size}`;
    test(name, async () => {
      const { leaves, outputs } = derivatives(c);
      const lowered = await checkLowering(name, leaves, outputs);
      expect(convolutions(lowered)).toBe(0);
    });
  }
});

test("what no recipe takes stays as it is, beside what changed form", async () => {
  const { leaves, outputs } = derivatives({
    batch: 2,
    channels: [5, 6],
    size: 9,
    kernel: 3,
    stride: 2,
    pad: 1,
  });
  const lowered = await checkLowering("odd", leaves, outputs);
  expect(convolutions(lowered)).toBe(convolutions(simplify(outputs)));
});

test("a forward graph keeps its convolutions: its weights would be transformed at each run", () => {
  const x = ops.leaf("x", [2, 16, 8, 8], { kind: "data" });
  const w = ops.leaf("w", [16, 16, 4, 4], { kind: "parameter" });
  const y = ops.conv(x, w, { strides: [2, 2], pads: [1, 1, 1, 1] });
  expect(lowerForCpu([y])).toEqual([y]);
});

/** (x - mean) / deviation over all axes but the channels, with a learned scale and bias. */
function normalized(x: Value, scale: Value, bias: Value): Value {
  const axes = [0, 2, 3];
  const centred = ops.sub(x, ops.reduceMean(x, axes, true));
  const variance = ops.reduceMean(ops.mul(centred, centred), axes, true);
  const gain = ops.div(scale, ops.sqrt(ops.add(variance, ops.scalar(1e-2))));
  return ops.add(ops.mul(centred, gain), bias);
}

describe("a gradient penalty through convolutions and batch norm", () => {
  for (const [name, act] of [
    ["smooth", ops.tanh],
    ["leaky", (x: Value) => ops.leakyRelu(x, 0.2)],
    ["kinked", ops.relu],
  ] as const) {
    test(name, async () => {
      const image = ops.leaf("image", [3, 3, 32, 32], { kind: "data" });
      const parameter = (n: string, shape: readonly number[]) =>
        ops.leaf(n, shape, { kind: "parameter" });
      const weights = [
        parameter("w0", [16, 3, 4, 4]),
        parameter("w1", [32, 16, 4, 4]),
        parameter("scale", [1, 32, 1, 1]),
        parameter("bias", [1, 32, 1, 1]),
        parameter("w2", [16, 32, 4, 4]),
        parameter("w3", [1, 16, 4, 4]),
      ] as const;
      const [w0, w1, scale, bias, w2, w3] = weights;
      const down = { strides: [2, 2], pads: [1, 1, 1, 1] } as const;
      let h = act(ops.mul(ops.conv(image, w0, down), ops.scalar(0.3)));
      h = act(normalized(ops.conv(h, w1, down), scale, bias));
      h = act(ops.mul(ops.conv(h, w2, down), ops.scalar(0.1)));
      const logits = ops.reshape(ops.conv(h, w3), [3, 1]);
      const [slope] = gradients(ops.reduceSum(logits), [image]) as [Value];
      const penalty = ops.reduceMean(ops.reduceSum(ops.mul(slope, slope), [1, 2, 3]));
      const objective = ops.add(ops.reduceMean(ops.softplus(logits)), penalty);
      await checkLowering(
        name,
        [image, ...weights],
        [objective, slope, ...gradients(objective, weights)],
      );
    });
  }
});

test("joins, slices, broadcasts and reductions between convolutions follow their forms", async () => {
  const x = ops.leaf("x", [2, 16, 20, 20], { kind: "data" });
  const w = ops.leaf("w", [16, 16, 4, 4], { kind: "parameter" });
  const v = ops.leaf("v", [16, 32, 3, 3], { kind: "parameter" });
  const row = ops.leaf("row", [10, 1], { kind: "data" });
  const y = ops.conv(x, w, { strides: [2, 2], pads: [1, 1, 1, 1] });
  const joined = ops.concat(
    [ops.mul(y, row), ops.broadcastTo(ops.reduceMax(y, [2, 3], true), y.shape)],
    1,
  );
  const z = ops.conv(joined, v, { pads: [1, 1, 1, 1] });
  const parts = [
    ops.reduceSum(z, [1]),
    ops.reduceMean(z, [0], true),
    ops.reduceMean(z, [1, 2, 3]),
    ops.reduceSum(ops.slice(z, 1, 3, 9), [2, 3]),
    ops.pad(ops.slice(z, 2, 1, 7), 1, 1, 2),
    ops.transpose(z, [0, 2, 3, 1]),
  ];
  const total = parts.map((p) => ops.reduceMean(ops.mul(p, p))).reduce((a, b) => ops.add(a, b));
  await checkLowering("between", [x, w, v, row], [...parts, ...gradients(total, [x, w, v, row])]);
});

test("products along the axes of maps follow their forms, with both derivatives", async () => {
  const x = ops.leaf("x", [2, 16, 16, 16], { kind: "data" });
  const w = ops.leaf("w", [16, 16, 3, 3], { kind: "parameter" });
  const y = ops.conv(x, w, { pads: [1, 1, 1, 1] });
  const fixed = (rows: number, cols: number) =>
    ops.constant(
      new Float64Array(rows * cols).map((_, i) => Math.sin(i)),
      [rows, cols],
    );
  const parts = [
    downsampleFiltered(y),
    upsampleFiltered(y),
    ops.matMul(fixed(16, 4), y, { transA: true }),
    ops.matMul(y, fixed(16, 5)),
    ops.matMul(y, fixed(16, 16), { transA: true }),
  ];
  const total = parts.map((p) => ops.reduceMean(ops.mul(p, p))).reduce((a, b) => ops.add(a, b));
  const first = gradients(total, [x, w]);
  const norm = first.map((g) => ops.reduceMean(ops.mul(g, g))).reduce((a, b) => ops.add(a, b));
  await checkLowering("along axes", [x, w], [...parts, ...first, ...gradients(norm, [x, w])]);
});
