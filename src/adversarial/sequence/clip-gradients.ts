import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";

/** All gradients times min(1, most / their common norm) (Pascanu et al., arXiv 1211.5063). */
export function clipGradients(gradients: readonly Value[], most: number): Value[] {
  const squares = gradients.map((g) => ops.reduceSum(ops.mul(g, g)));
  const norm = ops.sqrt(squares.reduce((sum, x) => ops.add(sum, x)));
  const factor = ops.minimum(ops.scalar(1), ops.div(ops.scalar(most), norm));
  return gradients.map((g) => ops.mul(g, factor));
}
