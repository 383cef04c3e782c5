import * as ops from "../graph/ops/index.ts";
import { type Dim, staticDim, type Value } from "../graph/value.ts";

/**
 * Categories of each row by their probabilities: p [N,V] of any positive sum and u [N], or [N,K] for K of a
 * row, uniform in [0, 1) -> i32 of u's shape, each the first whose running sum exceeds u times the row's
 * sum. The running sums are taken over blocks first and then inside the one that it falls into, as small
 * products. Not differentiable.
 */
export function sampleCategorical(p: Value, u: Value): Value {
  const count = staticDim(p, 1);
  const width = blockWidth(count);
  const blocks = Math.ceil(count / width);
  const rows = p.shape[0] as Dim;
  const draws = u.shape.length > 1 ? staticDim(u, 1) : 1;
  const padded = ops.pad(p, 1, 0, blocks * width - count);
  const byBlock = ops.reshape(padded, [rows, blocks, width]);
  const sums = ops.reduceSum(byBlock, [2], true);
  const row = ops.reshape(sums, [rows, 1, blocks]);
  const running = ops.matMul(row, upTo(blocks));
  const whole = ops.slice(running, 2, blocks - 1, blocks);
  const wanted = ops.mul(ops.reshape(u, [rows, draws, 1]), whole);
  const passed = reached(running, wanted);
  const block = atMost(ops.reduceSum(passed, [2]), blocks - 1);
  const rest = ops.sub(wanted, ops.matMul(passed, sums));
  const chosen = ops.pickRows(byBlock, ops.cast(block, "i32"));
  const inside = ops.matMul(chosen, upTo(width));
  const place = atMost(ops.reduceSum(reached(inside, rest), [2]), width - 1);
  const category = ops.add(ops.mul(block, ops.scalar(width)), place);
  return ops.reshape(ops.cast(atMost(category, count - 1), "i32"), u.shape);
}

/** The divisor nearest to the root, so that nothing is padded; the root itself where there is none near. */
function blockWidth(count: number): number {
  const root = Math.ceil(Math.sqrt(count));
  for (let width = root; width <= 2 * root; width++) if (count % width === 0) return width;
  return root;
}

/** [n,n]: x times it are the running sums of x. */
function upTo(n: number): Value {
  const ones = new Float64Array(n * n).map((_, i) => Number(Math.floor(i / n) <= i % n));
  return ops.constant(ones, [n, n]);
}

/** 1 where a running sum is not beyond the wanted one: what has no probability is never chosen. */
function reached(sums: Value, wanted: Value): Value {
  return ops.cast(ops.greaterOrEqual(wanted, sums), "f32");
}

function atMost(x: Value, most: number): Value {
  return ops.minimum(x, ops.scalar(most));
}
