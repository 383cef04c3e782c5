import { gradients } from "../../src/graph/gradients.ts";
import * as ops from "../../src/graph/ops/index.ts";
import type { Value } from "../../src/graph/value.ts";
import type { NamedGraph } from "../../src/onnx/emit.ts";
import type { Tensor } from "../../src/runtime/session.ts";
import { Random } from "../../src/util/random.ts";
import { bools, drawTensor, floats, indices, type SampleInput } from "./op-sample.ts";

/** What a step of the generator draws from. */
interface Pool {
  readonly random: Random;
  readonly values: Value[];
  pick(fits: (v: Value) => boolean): Value | undefined;
  input(from: SampleInput): Value;
}

type Step = (pool: Pool) => Value | undefined;

const isFloat = (v: Value) => v.dtype === "f32";
const sizes = (v: Value) => v.shape as readonly number[];
const count = (v: Value) => sizes(v).reduce((n, d) => n * d, 1);
const hasAxes = (v: Value) => isFloat(v) && v.shape.length > 0;

/** Keeps numbers near 1 through long chains, and away from poles and overflow. */
function tamed(x: Value): Value {
  return ops.tanh(x);
}

function unary(build: (x: Value) => Value): Step {
  return (pool) => {
    const x = pool.pick(isFloat);
    return x && build(x);
  };
}

/** Two values of which one broadcasts to the other, or an outer combination of both. */
function binary(build: (a: Value, b: Value) => Value): Step {
  return (pool) => {
    const a = pool.pick(isFloat);
    const fits = (v: Value) => {
      if (!isFloat(v) || !a) return false;
      const rank = Math.max(v.shape.length, a.shape.length);
      return Array.from({ length: rank }, (_, i) => {
        const [x, y] = [sizes(v).at(-1 - i) ?? 1, sizes(a).at(-1 - i) ?? 1];
        return x === y || x === 1 || y === 1;
      }).every(Boolean);
    };
    const b = pool.pick(fits);
    return a && b && build(a, b);
  };
}

function alongAxis(build: (x: Value, axis: number, pool: Pool) => Value): Step {
  return (pool) => {
    const x = pool.pick(hasAxes);
    return x && build(x, pool.random.below(x.shape.length), pool);
  };
}

function image(pool: Pool): Value | undefined {
  const x = pool.pick((v) => isFloat(v) && count(v) % 4 === 0 && count(v) <= 96);
  return x && ops.reshape(x, [1, count(x) / 4, 2, 2]);
}

const steps: readonly Step[] = [
  unary(ops.abs),
  unary(ops.neg),
  unary(ops.sin),
  unary(ops.cos),
  unary(ops.erf),
  unary(ops.sigmoid),
  unary(ops.softplus),
  unary(ops.relu),
  unary((x) => ops.leakyRelu(x, 0.2)),
  unary((x) => ops.mul(ops.sign(x), x)),
  unary((x) => ops.exp(tamed(x))),
  unary((x) => ops.log(ops.add(ops.mul(x, x), ops.scalar(1)))),
  unary((x) => ops.sqrt(ops.add(ops.mul(x, x), ops.scalar(0.5)))),
  unary((x) => ops.power(ops.add(ops.softplus(x), ops.scalar(0.5)), -1.5)),
  unary((x) => ops.mul(ops.power(tamed(x), 2), ops.power(x, 1))),
  unary((x) => ops.add(ops.mul(x, ops.scalar(0)), ops.sub(x, ops.scalar(0)))),
  unary((x) => ops.mul(ops.stopGradient(x), x)),
  unary((x) => ops.reduceMean(x)),
  unary((x) => ops.cast(ops.greater(x, ops.scalar(0.1)), "f32")),
  unary((x) => ops.reshape(x, [count(x)])),
  unary((x) => ops.transpose(x)),
  unary((x) => ops.broadcastTo(ops.reshape(ops.reduceSum(tamed(x)), [1]), [3])),
  binary(ops.add),
  binary(ops.sub),
  binary((a, b) => ops.mul(a, tamed(b))),
  binary((a, b) => ops.div(a, ops.add(ops.mul(b, b), ops.scalar(1)))),
  binary(ops.maximum),
  binary(ops.minimum),
  binary((a, b) => ops.where(ops.greater(a, b), ops.sin(a), b)),
  alongAxis((x, axis) => ops.reduceSum(tamed(x), [axis])),
  alongAxis((x, axis) => ops.reduceMean(x, [axis], true)),
  alongAxis((x, axis) => ops.reduceMax(x, [axis])),
  alongAxis((x, axis) => ops.softmax(x, axis)),
  alongAxis((x, axis) => ops.logSoftmax(x, axis)),
  alongAxis((x, axis, { random }) => ops.cumsum(tamed(x), axis, random.below(2) === 1)),
  alongAxis((x, axis, { random }) => ops.pad(x, axis, random.below(2), 1)),
  alongAxis((x, axis, { random }) => ops.slice(x, axis, random.below(sizes(x)[axis] as number))),
  alongAxis((x, axis) => ops.concat([x, ops.neg(x)], axis)),
  alongAxis((x, axis) => ops.oneHot(ops.argmax(x, axis), sizes(x)[axis] as number)),
  (pool) => {
    const table = pool.pick(hasAxes);
    const rows = table && pool.input(indices([3], sizes(table)[0] as number));
    return rows && ops.gatherRows(table as Value, rows);
  },
  (pool) => {
    const x = pool.pick((v) => isFloat(v) && v.shape.length > 0 && (sizes(v)[0] as number) <= 8);
    const rows = x && pool.input(indices([sizes(x)[0] as number], 3));
    return rows && ops.scatterRows(tamed(x as Value), rows, 3);
  },
  (pool) => {
    const a = pool.pick((v) => isFloat(v) && v.shape.length >= 2);
    const b = a && pool.input(floats([sizes(a).at(-1) as number, 2], -1, 1));
    return b && ops.matMul(tamed(a as Value), b);
  },
  (pool) => {
    const a = pool.pick((v) => isFloat(v) && v.shape.length === 2);
    return a && ops.matMul(tamed(a), tamed(a), { transA: true });
  },
  (pool) => {
    const x = image(pool);
    const w = x && pool.input(floats([2, sizes(x)[1] as number, 3, 3], -0.5, 0.5));
    return w && ops.conv(tamed(x as Value), w, { pads: [1, 1, 1, 1], strides: [1, 2] });
  },
  (pool) => {
    const y = image(pool);
    const w = y && pool.input(floats([sizes(y)[1] as number, 2, 2, 2], -0.5, 0.5));
    return w && ops.convInputGrad(tamed(y as Value), w, [5, 4], { strides: [2, 2] });
  },
  (pool) => {
    const mask = pool.input(bools([2]));
    const x = pool.pick((v) => isFloat(v) && sizes(v).at(-1) === 2);
    return x && ops.where(mask, x, ops.neg(x));
  },
];

/** A graph of 6 to 20 random steps, with the gradients and second gradients of its last results. */
export function randomGraph(seed: number): {
  graph: NamedGraph;
  feeds: ReadonlyMap<string, Tensor>;
} {
  const random = new Random(seed, "graph-fuzz");
  const inputs = new Map<string, Value>();
  const feeds = new Map<string, Tensor>();
  const values: Value[] = [];
  const pool: Pool = {
    random,
    values,
    pick: (fits) => {
      const candidates = values.filter(fits);
      return candidates[random.below(Math.max(1, candidates.length))];
    },
    input: (from) => {
      const name = `x${inputs.size}`;
      const tensor = drawTensor(from, random);
      const value = ops.leaf(name, tensor.dims, { kind: "data" }, tensor.dtype);
      inputs.set(name, value);
      feeds.set(name, tensor);
      return value;
    },
  };
  const shapes = [[2, 3], [4], [2, 2, 2], [3, 1], []];
  const leaves = Array.from({ length: 3 }, () =>
    pool.input(floats(shapes[random.below(shapes.length)] as number[])),
  );
  values.push(...leaves, ops.scalar(0.75), ops.constant([0.5, -1, 0, 1], [2, 2]));
  const length = 6 + random.below(15);
  for (let i = 0; i < length; i++) {
    const made = (steps[random.below(steps.length)] as Step)(pool);
    if (made && count(made) <= 200) values.push(made);
  }
  const last = values.filter(isFloat).slice(-3);
  const loss = last.map((v) => ops.reduceMean(tamed(v))).reduce((a, b) => ops.add(a, b));
  const wrt = [...inputs.values()].filter(isFloat);
  const firsts = gradients(loss, wrt);
  const penalty = firsts.map((g) => ops.reduceSum(ops.mul(g, g))).reduce((a, b) => ops.add(a, b));
  const outputs = new Map<string, Value>([["loss", loss]]);
  for (const [i, v] of values.slice(-3).entries()) outputs.set(`y${i}`, v);
  for (const [i, g] of firsts.entries()) outputs.set(`g${i}`, g);
  for (const [i, h] of gradients(penalty, wrt).entries()) outputs.set(`h${i}`, h);
  return { graph: { name: `fuzz-${seed}`, inputs, outputs }, feeds };
}
