import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";

/** All gradients times min(1, most / their common norm) (Pascanu et al., arXiv 1211.5063). */
export function clipGradients(
  gradients: ReadonlyMap<string, Value>,
  most: number,
): Map<string, Value> {
  const squares = [...gradients.values()].map((g) => ops.reduceSum(ops.mul(g, g)));
  const norm = ops.sqrt(squares.reduce((sum, x) => ops.add(sum, x)));
  const factor = ops.minimum(ops.scalar(1), ops.div(ops.scalar(most), norm));
  return new Map([...gradients].map(([name, g]) => [name, ops.mul(g, factor)]));
}
