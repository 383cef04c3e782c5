import * as ops from "../../graph/ops/index.ts";
import { rewriteGraph, withInputs } from "../../graph/rewrite.ts";
import { elementCount, isStatic, sameShape, type Value } from "../../graph/value.ts";

/** Arrays below this size are not worth the extra small ops. */
const smallest = 4096;

/**
 * Saves passes over large arrays that reverse-mode differentiation leaves behind, as in batch norm:
 * sums are drawn through linear ops (sum(a k) = k sum(a) for k constant over the sum, the sum of what
 * its mean was taken from is 0), and a + k d + k d becomes a + (k + k) d.
 */
export function linearReductions(outputs: readonly Value[]): Value[] {
  return rewriteGraph(outputs, (original, inputs) => {
    const v = withInputs(original, inputs);
    if (v.rule === ops.add.rule) return twice(v) ?? v;
    if (v.rule !== ops.reduceSum.rule) return v;
    const x = v.inputs[0] as Value;
    if (!isStatic(x.shape) || elementCount(x.shape) < smallest) return v;
    const sum = sumOf(x, v.attrs.axes as readonly number[]);
    if (!sum || sum.passes > 1 || sum.value.rule === v.rule) return v;
    return ops.reshape(sum.value, v.shape);
  });
}

interface Sum {
  readonly value: Value;
  /** Reductions of large arrays that it takes. */
  readonly passes: number;
}

/** The sum over `axes`, which stay with size 1. */
function sumOf(x: Value, axes: readonly number[]): Sum {
  const [a, b] = x.inputs as [Value, Value];
  const isFull = (v: Value) => sameShape(v.shape, x.shape);
  if (x.rule === ops.neg.rule) {
    const sum = sumOf(a, axes);
    return { ...sum, value: ops.neg(sum.value) };
  }
  if (x.rule === ops.sub.rule && isMeanOf(b, a, axes)) {
    const shape = x.shape.map((d, i) => (axes.includes(i) ? 1 : d));
    return { value: ops.broadcastTo(ops.scalar(0), shape), passes: 0 };
  }
  const isSum = x.rule === ops.add.rule || x.rule === ops.sub.rule;
  if (isSum && isFull(a) && isFull(b)) {
    const [sa, sb] = [sumOf(a, axes), sumOf(b, axes)];
    const joined = x.rule === ops.add.rule ? ops.add : ops.sub;
    if (sa.passes + sb.passes <= 1) {
      return { value: joined(sa.value, sb.value), passes: sa.passes + sb.passes };
    }
  }
  if (x.rule === ops.mul.rule) {
    const isFactor = (v: Value) =>
      v.shape.length === x.shape.length && axes.every((i) => v.shape[i] === 1);
    const [factor, rest] = isFactor(a) ? [a, b] : [b, a];
    if (isFactor(factor) && isFull(rest)) {
      const sum = sumOf(rest, axes);
      return { ...sum, value: ops.mul(sum.value, factor) };
    }
  }
  return { value: ops.reduceSum(x, axes, true), passes: 1 };
}

function isMeanOf(mean: Value, x: Value, axes: readonly number[]): boolean {
  const own = mean.attrs.axes as readonly number[] | undefined;
  return (
    mean.rule === ops.reduceMean.rule &&
    mean.inputs[0] === x &&
    own?.length === axes.length &&
    own.every((a, i) => a === axes[i])
  );
}

/** (a + q) + q where q = k d and k is the smaller factor: a + (k + k) d. */
function twice(v: Value): Value | undefined {
  const [left, right] = v.inputs as [Value, Value];
  for (const [sum, q] of [
    [left, right],
    [right, left],
  ] as const) {
    if (q.rule !== ops.mul.rule || sum.rule !== ops.add.rule || !isStatic(q.shape)) continue;
    const [a, b] = sum.inputs as [Value, Value];
    const other = a === q ? b : b === q ? a : undefined;
    if (!other || !sameShape(other.shape, v.shape)) continue;
    const [f, g] = q.inputs as [Value, Value];
    const [k, d] = size(f) < size(g) ? [f, g] : [g, f];
    if (size(k) < size(d)) return ops.add(other, ops.mul(ops.add(k, k), d));
  }
  return undefined;
}

function size(v: Value): number {
  return elementCount(v.shape);
}
