import * as ops from "../graph/ops/index.ts";
import { type Dim, staticDim, type Value } from "../graph/value.ts";

/**
 * One category of each row by its probability: p [N,V] of any positive sum and u [N] uniform in [0, 1)
 * -> i32 [N], the first whose running sum exceeds u times the row's sum. The running sums are taken over
 * blocks first and then inside the one that it falls into, as small products.
 * Not differentiable.
 */
export function sampleCategorical(p: Value, u: Value): Value {
  const count = staticDim(p, 1);
  const width = blockWidth(count);
  const blocks = Math.ceil(count / width);
  const rows = p.shape[0] as Dim;
  const padded = ops.pad(p, 1, 0, blocks * width - count);
  const byBlock = ops.reshape(padded, [rows, blocks, width]);
  const sums = ops.reduceSum(byBlock, [2]);
  const running = ops.matMul(sums, upTo(blocks));
  const wanted = ops.mul(ops.reshape(u, [rows, 1]), ops.slice(running, 1, blocks - 1, blocks));
  const passed = reached(running, wanted);
  const block = atMost(ops.reduceSum(passed, [1]), blocks - 1);
  const rest = ops.sub(wanted, ops.reduceSum(ops.mul(passed, sums), [1], true));
  const chosen = ops.reshape(ops.oneHot(ops.cast(block, "i32"), blocks), [rows, 1, blocks]);
  const inside = ops.matMul(ops.reshape(ops.matMul(chosen, byBlock), [rows, width]), upTo(width));
  const place = atMost(ops.reduceSum(reached(inside, rest), [1]), width - 1);
  const category = ops.add(ops.mul(block, ops.scalar(width)), place);
  return ops.cast(atMost(category, count - 1), "i32");
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
  return ops.sub(ops.scalar(1), ops.cast(ops.greater(sums, wanted), "f32"));
}

function atMost(x: Value, most: number): Value {
  return ops.minimum(x, ops.scalar(most));
}
