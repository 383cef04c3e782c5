import { describe, expect, test } from "vitest";
import { gradients } from "../gradients.ts";
import { interpret } from "../interpret.ts";
import * as ops from "../ops/index.ts";
import { constantData } from "../ops/leaf.ts";
import { topologicalOrder, type Value, withPath } from "../value.ts";
import { foldConstants } from "./fold-constants.ts";
import { simplify } from "./index.ts";
import { shareCommon } from "./share-common.ts";

const leaf = (name: string, shape: readonly (number | string)[]) =>
  ops.leaf(name, shape, { kind: "data" });
const size = (...outputs: Value[]) => topologicalOrder(outputs).length;
const names = (...outputs: Value[]) => topologicalOrder(outputs).map((v) => v.rule.name);

function folded(value: Value): Value {
  return foldConstants([value])[0] as Value;
}

describe("foldConstants", () => {
  test("computes what depends on constants alone", () => {
    const v = ops.exp(ops.add(ops.mul(ops.scalar(2), ops.scalar(3)), ops.scalar(-6)));
    expect(size(v)).toBe(6);
    const result = folded(v);
    expect(size(result)).toBe(1);
    expect([...(constantData(result) ?? [])]).toEqual([1]);
  });

  test("keeps integers and truth values what they are", () => {
    const i = ops.cast(ops.scalar(2.9), "i32");
    expect(folded(i)).toMatchObject({ dtype: "i32", shape: [] });
    expect([...(constantData(folded(i)) ?? [])]).toEqual([2]);
    expect(folded(ops.greater(ops.scalar(2), ops.scalar(1)))).toMatchObject({ dtype: "bool" });
  });

  test("leaves large results to the runtime", () => {
    const large = ops.broadcastTo(ops.scalar(1), [64, 64]);
    expect(names(folded(large))).toEqual(["constant", "broadcastTo"]);
    expect(names(folded(ops.reduceSum(ops.exp(ops.scalar(0)))))).toEqual(["constant"]);
  });

  test.each([
    ["x + 0", (x: Value) => ops.add(x, ops.scalar(0))],
    ["0 + x", (x: Value) => ops.add(ops.scalar(0), x)],
    ["x - 0", (x: Value) => ops.sub(x, ops.scalar(0))],
    ["x * 1", (x: Value) => ops.mul(x, ops.broadcastTo(ops.scalar(1), [2, 3]))],
    ["1 * x", (x: Value) => ops.mul(ops.constant([1, 1, 1], [3]), x)],
    ["x / 1", (x: Value) => ops.div(x, ops.scalar(1))],
    ["-(-x)", (x: Value) => ops.neg(ops.neg(x))],
    ["x ** 1", (x: Value) => ops.power(x, 1)],
    ["there and back", (x: Value) => ops.reshape(ops.reshape(x, [6]), [2, 3])],
  ])("%s is x", (_name, build) => {
    const x = leaf("x", [2, 3]);
    expect(folded(build(x))).toBe(x);
  });

  test("a shortcut that would change the shape is not taken", () => {
    const x = leaf("x", [1, 3]);
    const v = folded(ops.add(x, ops.broadcastTo(ops.scalar(0), [2, 3])));
    expect(v.shape).toEqual([2, 3]);
    const y = folded(ops.mul(leaf("y", []), ops.constant([1, 1], [2])));
    expect(y.shape).toEqual([2]);
  });

  test("x * 0 is zeros, and what led to x falls away", () => {
    const v = folded(ops.mul(ops.exp(ops.sin(leaf("x", [2, 3]))), ops.scalar(0)));
    expect(v.shape).toEqual([2, 3]);
    expect(names(v)).toEqual(["constant", "broadcastTo"]);
  });

  test("operands are not written out where the op broadcasts them itself", () => {
    const [x, b] = [leaf("x", [64, 32]), leaf("b", [32])];
    const v = folded(ops.add(x, ops.broadcastTo(b, [64, 32])));
    expect(names(v)).toEqual(["leaf", "leaf", "add"]);
  });
});

describe("shareCommon", () => {
  test("merges equal values, whose paths may differ", () => {
    const x = leaf("x", [2]);
    const [a, b] = [withPath("a", () => ops.exp(x)), withPath("b", () => ops.exp(x))];
    const v = ops.add(ops.sin(a), ops.sin(b));
    expect(size(v)).toBe(6);
    expect(size(...shareCommon([v]))).toBe(4);
  });

  test("attributes and the order of inputs tell values apart", () => {
    const [x, y] = [leaf("x", [2, 2]), leaf("y", [2, 2])];
    const different = [
      ops.reduceSum(x, [0]),
      ops.reduceSum(x, [1]),
      ops.sub(x, y),
      ops.sub(y, x),
      ops.leakyRelu(x, 0.1),
      ops.leakyRelu(x, 0.2),
      ops.matMul(x, y, { transA: true }),
      ops.matMul(x, y, { transB: true }),
    ];
    expect(new Set(shareCommon(different)).size).toBe(different.length);
  });

  test("constants of other values, types and shapes stay apart", () => {
    const different = [
      ops.scalar(0),
      ops.scalar(-0),
      ops.scalar(Number.NaN),
      ops.scalar(Number.POSITIVE_INFINITY),
      ops.scalar(Number.NEGATIVE_INFINITY),
      ops.constant([0], [1]),
      ops.constant(Int32Array.of(0), []),
      ops.constant([0], [], "bool"),
    ];
    expect(new Set(shareCommon(different)).size).toBe(different.length);
    const long = (last: number) => ops.constant([...new Array<number>(99).fill(1), last], [100]);
    expect(new Set(shareCommon([long(1), long(2)])).size).toBe(2);
    expect(new Set(shareCommon([ops.scalar(3), ops.scalar(3)])).size).toBe(1);
  });

  test("leaves of the same name stay apart", () => {
    const [a, b] = [leaf("x", [1]), leaf("x", [1])];
    expect(shareCommon([a, b])).toEqual([a, b]);
  });
});

test("simplify makes a gradient graph smaller and keeps its values and feeds", () => {
  const [x, w] = [leaf("x", [3, 2]), leaf("w", [2, 2])];
  const h = ops.tanh(ops.matMul(x, w));
  const loss = ops.reduceMean(ops.add(ops.mul(h, h), ops.mul(ops.scalar(0), ops.exp(h))));
  const outputs = [loss, ...gradients(loss, [w, x])];
  const simple = simplify(outputs);
  expect(size(...simple)).toBeLessThan(0.75 * size(...outputs));
  expect(names(...simple)).not.toContain("exp");
  const feeds = new Map([
    [x, { shape: [3, 2], data: Float64Array.of(0.1, 0.2, -0.3, 0.4, 0.5, -0.6) }],
    [w, { shape: [2, 2], data: Float64Array.of(1, -1, 0.5, 2) }],
  ]);
  const [before, after] = [interpret(outputs, feeds), interpret(simple, feeds)];
  after.forEach((array, i) => {
    expect(array.shape).toEqual(before[i]?.shape);
    array.data.forEach((v, k) => {
      expect(v).toBeCloseTo(before[i]?.data[k] as number, 14);
    });
  });
});

test("what simplify makes carries the path of what it replaces", () => {
  const x = leaf("x", [2, 2]);
  const v = withPath("d/out", () => ops.power(ops.add(x, ops.scalar(0)), 2));
  const [simple] = simplify([v]);
  expect(simple).toMatchObject({ path: "d/out" });
  expect(simple?.rule.name).toBe("mul");
});
