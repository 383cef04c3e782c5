import * as ops from "../graph/ops/index.ts";
import { staticDim, type Value } from "../graph/value.ts";
import { fanInUniform, type Initializer, uniform } from "./initializers.ts";
import type { Reparameterize } from "./reparameterize.ts";
import type { Scope } from "./scope.ts";

export interface LinearOptions {
  /** Default true. */
  readonly bias?: boolean;
  readonly init?: Initializer;
  readonly biasInit?: Initializer;
  readonly reparameterize?: Reparameterize | undefined;
}

/** x W^T + b: x [..., in] -> [..., features]; weight [features, in], bias [features]. */
export function linear(s: Scope, x: Value, features: number, options: LinearOptions = {}): Value {
  return s.build(() => {
    const inputs = staticDim(x, -1);
    const weight = s.parameter("weight", [features, inputs], options.init ?? fanInUniform);
    const used = options.reparameterize?.(s, weight) ?? weight;
    const y = ops.matMul(x, used, { transB: true });
    if (options.bias === false) return y;
    const biasInit = options.biasInit ?? uniform(1 / Math.sqrt(inputs));
    return ops.add(y, s.parameter("bias", [features], biasInit));
  });
}
