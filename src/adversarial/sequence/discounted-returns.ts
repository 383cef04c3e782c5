import * as ops from "../../graph/ops/index.ts";
import { staticDim, type Value } from "../../graph/value.ts";
import { type Scope, zeros } from "../../nn/index.ts";

export interface DiscountedReturnsOptions {
  /** What a reward is worth a step before it is given. */
  readonly discount: number;
  /** Share of the old baseline that a step keeps. */
  readonly baselineDecay: number;
}

/**
 * How much better than usual what follows a token is: rewards r [T,N] of each token, and `chosen` [T,N], 1
 * where a token was drawn and 0 where it had to come -> advantages [T,N],
 * A_t = sum over s >= t of discount^(s-t) r_s - b, 0 where nothing was chosen. The baseline b, a state of the
 * scope, is a moving average of the mean return, this batch's included (ScratchGAN, arXiv 1905.09922).
 */
export function discountedAdvantages(
  s: Scope,
  rewards: Value,
  chosen: Value | undefined,
  { discount, baselineDecay }: DiscountedReturnsOptions,
): Value {
  return s.build(() => {
    const steps = staticDim(rewards, 0);
    const worth = Float64Array.from({ length: steps * steps }, (_, i) => {
      const ahead = (i % steps) - Math.floor(i / steps);
      return ahead < 0 ? 0 : discount ** ahead;
    });
    const own = chosen ? ops.mul(rewards, chosen) : rewards;
    const returns = ops.matMul(ops.constant(worth, [steps, steps]), own);
    const mean = chosen
      ? ops.div(ops.reduceSum(ops.mul(returns, chosen)), ops.reduceSum(chosen))
      : ops.reduceMean(returns);
    const old = ops.mul(s.state("baseline", [1], zeros), ops.scalar(baselineDecay));
    const fresh = ops.mul(ops.reshape(mean, [1]), ops.scalar(1 - baselineDecay));
    const baseline = ops.add(old, fresh);
    s.assign("baseline", baseline);
    const advantages = ops.sub(returns, baseline);
    return chosen ? ops.mul(advantages, chosen) : advantages;
  });
}
