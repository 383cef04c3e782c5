import { describe, expect, test } from "vitest";
import { gradients } from "./gradients.ts";
import { interpret } from "./interpret.ts";
import * as ops from "./ops/index.ts";
import { leafRole } from "./ops/leaf.ts";
import { topologicalOrder, type Value, withPath } from "./value.ts";

const leaf = (name: string, shape: readonly (number | string)[]) =>
  ops.leaf(name, shape, { kind: "data" });
const f64 = (shape: readonly number[], ...data: number[]) => ({
  shape,
  data: Float64Array.from(data),
});
const numbers = (value: Value, feeds: Parameters<typeof interpret>[1] = new Map()) => [
  ...(interpret([value], feeds)[0]?.data ?? []),
];

describe("errors name the op, the place in the model, and the shapes", () => {
  const x = leaf("x", [2, 3]);
  const i = ops.leaf("i", [2], { kind: "data" }, "i32");
  const image = leaf("image", ["N", 32, 8, 8]);
  test.each<[string, () => unknown]>([
    [
      'conv "g/b32/conv0": weight takes 64 input channels, x has 32 (inputs [N,32,8,8], [8,64,3,3])',
      () => ops.conv(image, leaf("w", [8, 64, 3, 3])),
    ],
    [
      'conv "g/b32/conv0": a 9x9 kernel does not fit a 8x8 input',
      () => ops.conv(image, leaf("w", [8, 32, 9, 9])),
    ],
    ['conv "g/b32/conv0": operands must have four axes', () => ops.conv(x, x)],
    [
      'conv "g/b32/conv0": weight takes 32 input channels',
      () => ops.conv(image, leaf("w", [3, 16, 1, 1]), { groups: 2 }),
    ],
    [
      'convInputGrad "g/b32/conv0": a 7x7 result needs [N,4,5,5]',
      () => ops.convInputGrad(leaf("y", [1, 4, 6, 6]), leaf("w", [4, 2, 3, 3]), [7, 7]),
    ],
    [
      'convInputGrad "g/b32/conv0": 3 groups do not divide',
      () =>
        ops.convInputGrad(leaf("y", [1, 4, 6, 6]), leaf("w", [4, 2, 1, 1]), [6, 6], { groups: 3 }),
    ],
    [
      'convWeightGrad "g/b32/conv0": expected y [1,K,3,3]',
      () => ops.convWeightGrad(leaf("a", [1, 4, 5, 5]), leaf("y", [1, 4, 6, 6]), [3, 3]),
    ],
    [
      'convWeightGrad "g/b32/conv0": 3 groups do not divide',
      () =>
        ops.convWeightGrad(leaf("a", [1, 4, 5, 5]), leaf("y", [1, 4, 3, 3]), [3, 3], { groups: 3 }),
    ],
    [
      'matMul "g/b32/conv0": inner sizes 3 and 2 differ (inputs [2,3], [2,3])',
      () => ops.matMul(x, x),
    ],
    ['matMul "g/b32/conv0": operands need at least two axes', () => ops.matMul(leaf("v", [3]), x)],
    [
      'matMul "g/b32/conv0": leading axes do not broadcast',
      () => ops.matMul(leaf("a", [2, 3, 3]), leaf("b", [4, 3, 3])),
    ],
    ['add "g/b32/conv0": shapes [2,3] and [2] do not broadcast', () => ops.add(x, leaf("v", [2]))],
    [
      'add "g/b32/conv0": shapes [N,32,8,8] and [4,1,1,1] do not broadcast',
      () => ops.add(image, leaf("v", [4, 1, 1, 1])),
    ],
    [
      'add "g/b32/conv0": expected f32 inputs, received i32 (inputs [2,3], i32[2])',
      () => ops.add(x, i),
    ],
    ['cumsum "g/b32/conv0": expected f32 inputs', () => ops.cumsum(i, 0)],
    ['where "g/b32/conv0": the condition must be bool, received f32', () => ops.where(x, x, x)],
    [
      'leakyRelu "g/b32/conv0": the slope must be in 0..1, received -0.1',
      () => ops.leakyRelu(x, -0.1),
    ],
    ['leakyMask "g/b32/conv0": the slope must be in 0..1, received 2', () => ops.leakyMask(x, 2)],
    ['reduceSum "g/b32/conv0": axes [2] do not fit rank 2', () => ops.reduceSum(x, [2])],
    ['reduceMean "g/b32/conv0": axes [0,0] do not fit rank 2', () => ops.reduceMean(x, [0, 0])],
    ['reshape "g/b32/conv0": [2,3] does not fit [5]', () => ops.reshape(x, [5])],
    ['transpose "g/b32/conv0": [0,0] is no order of 2 axes', () => ops.transpose(x, [0, 0])],
    ['slice "g/b32/conv0": 1..4 is not within axis 1', () => ops.slice(x, 1, 1, 4)],
    ['slice "g/b32/conv0": 0.5..2 is not within axis 1', () => ops.slice(x, 1, 0.5, 2)],
    ['pad "g/b32/conv0": needs whole numbers >= 0, received -1 and 0', () => ops.pad(x, 0, -1, 0)],
    [
      'concat "g/b32/conv0": inputs do not join along axis 0',
      () => ops.concat([x, leaf("y", [2, 4])], 0),
    ],
    ['concat "g/b32/conv0": needs at least one input', () => ops.concat([], 0)],
    ['broadcastTo "g/b32/conv0": cannot become [3,3]', () => ops.broadcastTo(x, [3, 3])],
    ['gatherRows "g/b32/conv0": needs a table and i32 indices', () => ops.gatherRows(x, x)],
    [
      'scatterRows "g/b32/conv0": needs one i32 index a row',
      () => ops.scatterRows(x, ops.leaf("j", [3], { kind: "data" }, "i32"), 4),
    ],
    ['oneHot "g/b32/conv0": needs i32 indices', () => ops.oneHot(x, 3)],
    [
      'oneHot "g/b32/conv0": needs a whole number of classes >= 1, received 0',
      () => ops.oneHot(i, 0),
    ],
    ['constant "g/b32/conv0": 3 numbers do not fill [2]', () => ops.constant([1, 2, 3], [2])],
    ['leaf "g/b32/conv0": "z" needs whole sizes, received [1.5]', () => leaf("z", [1.5])],
    ['gradients "g/b32/conv0": the objective must be f32, it is i32', () => gradients(i, [x])],
  ])("%s", (message, build) => {
    expect(() => withPath("g/b32/conv0", build)).toThrow(message);
  });

  test("a gradient's error carries the place of the op that it differentiates", () => {
    const batch = leaf("x", ["N", 2]);
    const mean = withPath("d/norm", () => ops.reduceMean(batch, [0]));
    expect(() => gradients(ops.reduceSum(mean), [batch])).toThrow('"d/norm"');
  });

  test("the path ends where withPath ends, also after an error", () => {
    expect(() => withPath("a", () => ops.reshape(x, [1]))).toThrow('"a"');
    expect(ops.exp(x).path).toBe("");
    expect(withPath("a", () => withPath("a/b", () => ops.exp(x))).path).toBe("a/b");
  });
});

describe("gradients", () => {
  test("what the objective does not depend on has zeros of its shape", () => {
    const [x, y] = [leaf("x", [2]), leaf("y", [2, 3])];
    const [g] = gradients(ops.reduceSum(x), [y]);
    expect(g?.shape).toEqual([2, 3]);
    expect(numbers(g as Value)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("only what leads from the targets to the objective is built", () => {
    const [x, w] = [leaf("x", [4, 4]), leaf("w", [4, 4])];
    const loss = ops.reduceSum(ops.matMul(ops.exp(x), w));
    const [g] = gradients(loss, [w]);
    const products = topologicalOrder([g as Value]).filter((v) => v.rule.name === "matMul");
    expect(products).toHaveLength(1);
  });

  test("a value that is used twice gets the sum, an inner target stops nothing", () => {
    const x = leaf("x", []);
    const y = ops.mul(x, x);
    const z = ops.mul(y, x);
    const [dy, dx, dz] = gradients(z, [y, x, z]);
    const feeds = new Map([[x, f64([], 3)]]);
    expect([dy, dx, dz].map((g) => numbers(g as Value, feeds)[0])).toEqual([3, 27, 1]);
  });

  test("equal largest elements share a maximum's gradient", () => {
    const x = leaf("x", [3, 2]);
    const [g] = gradients(ops.reduceSum(ops.reduceMax(x, [0])), [x]);
    const feeds = new Map([[x, f64([3, 2], 1, 5, 4, 2, 4, 0)]]);
    expect(numbers(g as Value, feeds)).toEqual([0, 1, 0.5, 0, 0.5, 0]);
  });

  test("no gradient passes integers or stopGradient", () => {
    const x = leaf("x", [2]);
    const through = ops.cast(ops.cast(x, "i32"), "f32");
    const loss = ops.reduceSum(ops.add(ops.mul(through, x), ops.stopGradient(ops.exp(x))));
    const [g] = gradients(loss, [x]);
    expect(numbers(g as Value, new Map([[x, f64([2], 2.5, -1.5)]]))).toEqual([2, -1]);
  });

  test("a third derivative is as good as the first", () => {
    const x = leaf("x", []);
    let d: Value = ops.power(x, 4);
    for (let i = 0; i < 3; i++) [d] = gradients(d, [x]) as [Value];
    expect(numbers(d, new Map([[x, f64([], 2)]]))).toEqual([48]);
  });

  test("x ** 0 has slope 0 at 0", () => {
    const x = leaf("x", [2]);
    const [g] = gradients(ops.reduceSum(ops.power(x, 0)), [x]);
    expect(numbers(g as Value, new Map([[x, f64([2], 0, 1)]]))).toEqual([0, 0]);
  });

  test("graphs thousands of ops deep are differentiated without recursion", () => {
    const x = leaf("x", []);
    let y: Value = x;
    for (let i = 0; i < 5000; i++) y = ops.mul(y, ops.scalar(1));
    const [g] = gradients(y, [x]);
    expect(numbers(g as Value, new Map([[x, f64([], 7)]]))).toEqual([1]);
  });
});

describe("interpret", () => {
  test("symbolic sizes take their values from the feeds", () => {
    const x = leaf("x", ["N", 2]);
    const y = ops.reduceSum(ops.reshape(ops.mul(x, ops.scalar(2)), ["N", 1, 2]), [1, 2]);
    for (const n of [1, 3]) {
      const [result] = interpret([y], new Map([[x, f64([n, 2], ...new Array(2 * n).fill(1))]]));
      expect(result?.shape).toEqual([n]);
      expect([...(result?.data ?? [])]).toEqual(new Array(n).fill(4));
    }
  });

  test("feeds that do not fit, or are missing, are told by name", () => {
    const [x, y] = [leaf("x", ["N", 2]), leaf("y", ["N"])];
    const sum = ops.add(ops.reduceSum(x, [1]), y);
    const wrong = (a: number[], b: number[]) => () =>
      interpret(
        [sum],
        new Map([
          [x, f64(a, ...new Array(a.reduce((n, d) => n * d, 1)).fill(0))],
          [y, f64(b, ...new Array(b[0]).fill(0))],
        ]),
      );
    expect(wrong([2, 3], [2])).toThrow('"x" was fed [2,3]');
    expect(wrong([2], [2])).toThrow('"x" was fed [2]');
    expect(wrong([2, 2], [3])).toThrow('"y" was fed [3]');
    expect(() => interpret([sum], new Map())).toThrow("was not fed");
  });

  test("indices that no row has are refused", () => {
    const table = leaf("t", [3, 1]);
    const i = ops.leaf("i", [1], { kind: "data" }, "i32");
    for (const build of [
      () => ops.gatherRows(table, i),
      () => ops.scatterRows(leaf("u", [1, 1]), i, 3),
      () => ops.oneHot(i, 3),
    ]) {
      const value = build();
      const feeds = new Map(
        topologicalOrder([value])
          .filter((v) => v.rule.name === "leaf")
          .map((v) => [
            v,
            f64(v.shape as number[], ...(v === i ? [3] : [0, 0, 0].slice(0, v.shape[0] as number))),
          ]),
      );
      expect(() => interpret([value], feeds)).toThrow("index 3 is outside 0..2");
    }
  });
});

test("a leaf tells its role, other values have none", () => {
  const x = ops.leaf("z", [2], { kind: "noise", distribution: "normal" });
  expect(leafRole(x)).toEqual({ kind: "noise", distribution: "normal" });
  expect(() => leafRole(ops.exp(x))).toThrow("this value is not a leaf");
});
