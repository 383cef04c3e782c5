import * as ops from "../graph/ops/index.ts";
import type { Value } from "../graph/value.ts";
import { type Initializer, normal } from "./initializers.ts";
import type { Reparameterize } from "./reparameterize.ts";
import type { Scope } from "./scope.ts";

/** A trained vector for each index: indices i32 [...] -> [..., features]; weight [count, features]. */
export function embedding(
  s: Scope,
  indices: Value,
  count: number,
  features: number,
  init: Initializer = normal(1),
  reparameterize?: Reparameterize,
): Value {
  return s.build(() => {
    const weight = s.parameter("weight", [count, features], init);
    return ops.gatherRows(reparameterize?.(s, weight) ?? weight, indices);
  });
}
