import { gradients } from "../../src/graph/gradients.ts";
import { interpret } from "../../src/graph/interpret.ts";
import type { NdArray } from "../../src/graph/nd-array.ts";
import * as ops from "../../src/graph/ops/index.ts";
import type { Value } from "../../src/graph/value.ts";
import type { NamedGraph } from "../../src/onnx/emit.ts";
import type { Tensor } from "../../src/runtime/session.ts";
import { drawTensor, floats, type OpSample, sampleRandom } from "./op-sample.ts";

/**
 * A sample with its first and second derivatives as one graph:
 * y, g_i = d<y, c>/dx_i for a random cotangent c, h_i = d(sum_j <g_j, d_j>)/dx_i for random d_j,
 * and hc, the same towards c.
 */
export interface Derivatives {
  readonly graph: NamedGraph;
  readonly feeds: ReadonlyMap<string, Tensor>;
  readonly y: Value;
  /** <y, c> and sum <g_j, d_j>; absent where nothing is differentiable. */
  readonly first: { readonly objective: Value; readonly gradients: readonly Value[] } | undefined;
  readonly second: { readonly objective: Value; readonly gradients: readonly Value[] } | undefined;
  /** What they were differentiated by: the f32 inputs, for `second` also c. */
  readonly wrt: readonly Value[];
  readonly cotangent: Value | undefined;
}

export function derivativesOf(name: string, sample: OpSample): Derivatives {
  const random = sampleRandom(name);
  const inputs = new Map<string, Value>();
  const feeds = new Map<string, Tensor>();
  const add = (key: string, tensor: Tensor) => {
    const value = ops.leaf(key, tensor.dims, { kind: "data" }, tensor.dtype);
    inputs.set(key, value);
    feeds.set(key, tensor);
    return value;
  };
  const xs = sample.inputs.map((input, i) => add(`x${i}`, drawTensor(input, random)));
  const y = sample.build(...xs);
  const outputs = new Map([["y", y]]);
  const wrt = y.dtype === "f32" ? xs.filter((x) => x.dtype === "f32") : [];
  const dot = (a: Value, key: string) => {
    const c = add(key, drawTensor(floats(a.shape as number[]), random));
    return { c, product: ops.reduceSum(ops.mul(a, c)) };
  };
  const sum = (parts: readonly Value[]) => parts.reduce((a, b) => ops.add(a, b));
  if (wrt.length === 0) {
    const graph = { name: "sample", inputs, outputs };
    return { graph, feeds, y, first: undefined, second: undefined, wrt, cotangent: undefined };
  }
  const { c, product } = dot(y, "c");
  const firsts = gradients(product, wrt);
  firsts.forEach((g, i) => {
    outputs.set(`g${i}`, g);
  });
  const objective = sum(firsts.map((g, i) => dot(g, `d${i}`).product));
  const seconds = gradients(objective, [...wrt, c]);
  seconds.forEach((h, i) => {
    outputs.set(i < wrt.length ? `h${i}` : "hc", h);
  });
  return {
    graph: { name: "sample", inputs, outputs },
    feeds,
    y,
    first: { objective: product, gradients: firsts },
    second: { objective, gradients: seconds },
    wrt,
    cotangent: c,
  };
}

export function referenceFeeds(
  graph: NamedGraph,
  feeds: ReadonlyMap<string, Tensor>,
): Map<Value, NdArray> {
  return new Map(
    [...graph.inputs].map(([name, value]) => {
      const { dims, data } = feeds.get(name) as Tensor;
      return [value, { shape: dims, data: Float64Array.from(data) }];
    }),
  );
}

/** The graph's outputs in f64, without any pass. */
export function referenceOutputs(
  graph: NamedGraph,
  feeds: ReadonlyMap<string, Tensor>,
): Map<string, NdArray> {
  const results = interpret([...graph.outputs.values()], referenceFeeds(graph, feeds));
  return new Map([...graph.outputs.keys()].map((name, i) => [name, results[i] as NdArray]));
}

/**
 * The largest difference, against the larger of 1 and the largest true number; infinite where
 * lengths differ or only one side is NaN.
 */
export function relativeError(truth: ArrayLike<number>, found: ArrayLike<number>): number {
  if (truth.length !== found.length) return Number.POSITIVE_INFINITY;
  let scale = 1;
  let worst = 0;
  for (let i = 0; i < truth.length; i++) {
    const [t, f] = [truth[i] as number, found[i] as number];
    if (Object.is(t, f) || t === f) continue;
    const difference = Math.abs(t - f);
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    if (Number.isFinite(t)) scale = Math.max(scale, Math.abs(t));
    worst = Math.max(worst, difference);
  }
  return worst / scale;
}
