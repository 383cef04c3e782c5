import * as ops from "../graph/ops/index.ts";
import { elementCount, staticDim, type Value } from "../graph/value.ts";
import { normal } from "./initializers.ts";
import type { Scope } from "./scope.ts";

/**
 * weight / sigma(weight), with sigma estimated by one power iteration a step (arXiv 1802.05957).
 * weight [K, ...] is seen as a K x rest matrix; its left vector is state of the scope.
 */
export function spectralNorm(s: Scope, weight: Value, epsilon = 1e-12): Value {
  return s.build(() => {
    const rows = staticDim(weight, 0);
    const cols = elementCount(weight.shape) / rows;
    const matrix = ops.reshape(weight, [rows, cols]);
    const fixed = ops.stopGradient(matrix);
    let u = s.state("u", [rows], normal(1 / Math.sqrt(rows)));
    let v = unit(ops.matMul(ops.reshape(u, [1, rows]), fixed), epsilon);
    if (s.mode === "train") {
      const next = unit(ops.matMul(v, fixed, { transB: true }), epsilon);
      u = ops.reshape(next, [rows]);
      s.assign("u", ops.stopGradient(u));
      v = ops.stopGradient(v);
    }
    const left = ops.stopGradient(ops.reshape(u, [1, rows]));
    const sigma = ops.matMul(ops.matMul(left, matrix), v, { transB: true });
    return ops.reshape(ops.div(matrix, sigma), weight.shape);
  });
}

function unit(x: Value, epsilon: number): Value {
  const norm = ops.sqrt(ops.reduceSum(ops.mul(x, x)));
  return ops.div(x, ops.maximum(norm, ops.scalar(epsilon)));
}
