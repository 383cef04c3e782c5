import * as ops from "../graph/ops/index.ts";
import { type Dim, elementCount, staticDim, type Value } from "../graph/value.ts";
import { type Initializer, ones, zeros } from "./initializers.ts";
import type { Scope } from "./scope.ts";

export interface BatchNormOptions {
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number;
  /** Weight of the new batch in the running statistics; default 0.1. */
  readonly momentum?: number;
  readonly scaleInit?: Initializer;
  /**
   * Scale and bias [classes,C] of each sample's own class, label i32 [N]: conditional batch
   * normalisation (arXiv 1610.07629).
   */
  readonly conditional?: { readonly labels: Value; readonly classes: number };
}

/**
 * Batch normalisation over all axes but 1: x [N,C] or [N,C,H,W] (arXiv 1502.03167).
 * In training it uses the batch's statistics and updates the running ones (the running variance is
 * unbiased, as in PyTorch); in eval mode it uses the running ones.
 */
export function batchNorm(s: Scope, x: Value, options: BatchNormOptions = {}): Value {
  const { epsilon = 1e-5, momentum = 0.1, conditional } = options;
  return s.build(() => {
    const channels = staticDim(x, 1);
    const wide = x.shape.map((_, i) => (i === 1 ? channels : 1));
    const affine = (name: string, init: Initializer) => {
      if (!conditional) return ops.reshape(s.parameter(name, [channels], init), wide);
      const { labels, classes } = conditional;
      const rows = ops.gatherRows(s.parameter(name, [classes, channels], init), labels);
      return ops.reshape(rows, [x.shape[0] as Dim, ...wide.slice(1)]);
    };
    const scale = affine("scale", options.scaleInit ?? ones);
    const bias = affine("bias", zeros);
    const runningMean = s.state("mean", [channels], zeros);
    const runningVariance = s.state("variance", [channels], ones);
    if (s.mode === "eval") {
      const spread = ops.sqrt(ops.add(ops.reshape(runningVariance, wide), ops.scalar(epsilon)));
      const centred = ops.sub(x, ops.reshape(runningMean, wide));
      return ops.add(ops.mul(centred, ops.div(scale, spread)), bias);
    }
    const axes = x.shape.flatMap((_, i) => (i === 1 ? [] : [i]));
    const mean = ops.reduceMean(x, axes, true);
    const centred = ops.sub(x, mean);
    const variance = ops.reduceMean(ops.mul(centred, centred), axes, true);
    const count = elementCount(axes.map((a) => x.shape[a] as number));
    const blend = (old: Value, now: Value, factor: number) =>
      ops.add(
        ops.mul(old, ops.scalar(1 - momentum)),
        ops.mul(ops.reshape(now, [channels]), ops.scalar(momentum * factor)),
      );
    s.assign("mean", ops.stopGradient(blend(runningMean, mean, 1)));
    s.assign("variance", ops.stopGradient(blend(runningVariance, variance, count / (count - 1))));
    const gain = ops.div(scale, ops.sqrt(ops.add(variance, ops.scalar(epsilon))));
    return ops.add(ops.mul(centred, gain), bias);
  });
}
