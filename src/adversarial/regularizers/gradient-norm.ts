import { gradients } from "../../graph/gradients.ts";
import * as ops from "../../graph/ops/index.ts";
import { elementCount, type Value } from "../../graph/value.ts";

/** |grad_x D(x)|^2 of each row that D judged: logits [R,1], samples [N,...] -> [R]. */
export function squaredGradientNorms(logits: Value, samples: Value): Value {
  const [slope] = gradients(ops.reduceSum(logits), [samples]) as [Value];
  const rows = logits.shape[0] as number;
  const flat = ops.reshape(slope, [rows, elementCount(samples.shape) / rows]);
  return ops.reduceSum(ops.mul(flat, flat), [1]);
}

/** weight E (|grad_x D(x)| - target)^2. */
export function gradientPenalty(
  logits: Value,
  samples: Value,
  weight: Value,
  target: number,
): Value {
  const squares = squaredGradientNorms(logits, samples);
  if (target === 0) return ops.mul(ops.reduceMean(squares), weight);
  // The root has no slope at 0.
  const off = ops.sub(ops.sqrt(ops.add(squares, ops.scalar(1e-12))), ops.scalar(target));
  return ops.mul(ops.reduceMean(ops.mul(off, off)), weight);
}

/** a + t (b - a) with a t in [0, 1) for each sample. */
export function between(a: Value, b: Value, t: Value): Value {
  return ops.add(a, ops.mul(t, ops.sub(b, a)));
}

/** Shape [N,1,1,...] of one number for each sample. */
export function perSample(samples: Value): number[] {
  return samples.shape.map((d, i) => (i === 0 ? (d as number) : 1));
}

/** Half of a weight [], as penalties have it in front of a square. */
export function half(weight: Value): Value {
  return ops.mul(weight, ops.scalar(0.5));
}
