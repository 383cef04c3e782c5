import * as ops from "../graph/ops/index.ts";
import { elementCount, type Value } from "../graph/value.ts";
import type { Scope } from "./scope.ts";

/** What a layer uses in place of its weight, made of it: `spectralNorm`, `equalized()`. */
export type Reparameterize = (s: Scope, weight: Value) => Value;

/**
 * Equalised learning rate (arXiv 1710.10196): weights are kept as N(0, 1 / rate^2) and used times
 * rate / sqrt(fan in), so that an adaptive optimizer moves all layers by the same share of their
 * scale, times `rate`.
 */
export function equalized(rate = 1): Reparameterize {
  return (_s, weight) => {
    const fanIn = elementCount(weight.shape.slice(1) as number[]);
    return ops.mul(weight, ops.scalar(rate / Math.sqrt(fanIn)));
  };
}
