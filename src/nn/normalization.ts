import * as ops from "../graph/ops/index.ts";
import { type Dim, graphError, staticDim, type Value } from "../graph/value.ts";
import { ones, zeros } from "./initializers.ts";
import type { Scope } from "./scope.ts";

export interface LayerNormOptions {
  /** Default 1e-5. */
  readonly epsilon?: number;
  /** The axis of the features; the last by default. */
  readonly axis?: number;
}

/** Layer normalisation over one axis, the last by default: x [..., C] (arXiv 1607.06450). */
export function layerNorm(
  s: Scope,
  x: Value,
  { epsilon = 1e-5, axis = x.shape.length - 1 }: LayerNormOptions = {},
): Value {
  return s.build(() => {
    const channels = staticDim(x, axis);
    const y = standardize(x, [axis], epsilon);
    const wide = [channels, ...x.shape.slice(axis + 1).map(() => 1)];
    return affine(
      y,
      ops.reshape(s.parameter("scale", [channels], ones), wide),
      ops.reshape(s.parameter("bias", [channels], zeros), wide),
    );
  });
}

/** Group normalisation: x [N,C,H,W], each of `groups` runs of channels by itself (arXiv 1803.08494). */
export function groupNorm(s: Scope, x: Value, groups: number, epsilon = 1e-5): Value {
  return s.build(() => {
    const channels = staticDim(x, 1);
    if (channels % groups !== 0) {
      throw graphError("groupNorm", `${channels} channels do not split into ${groups} groups`, [x]);
    }
    const rest = x.shape.slice(2);
    const split: Dim[] = [x.shape[0] as Dim, groups, channels / groups, ...rest];
    const axes = split.map((_, i) => i).slice(2);
    const y = ops.reshape(standardize(ops.reshape(x, split), axes, epsilon), x.shape);
    const wide = [1, channels, ...rest.map(() => 1)];
    return affine(
      y,
      ops.reshape(s.parameter("scale", [channels], ones), wide),
      ops.reshape(s.parameter("bias", [channels], zeros), wide),
    );
  });
}

/** Instance normalisation: every channel of every image by itself (arXiv 1607.08022). */
export function instanceNorm(s: Scope, x: Value, epsilon = 1e-5): Value {
  return groupNorm(s, x, staticDim(x, 1), epsilon);
}

/** (x - mean) / sqrt(variance + epsilon) over axes, which the variance is biased over. */
export function standardize(x: Value, axes: readonly number[], epsilon: number): Value {
  const centred = ops.sub(x, ops.reduceMean(x, axes, true));
  const variance = ops.reduceMean(ops.mul(centred, centred), axes, true);
  return ops.div(centred, ops.sqrt(ops.add(variance, ops.scalar(epsilon))));
}

function affine(x: Value, scale: Value, bias: Value): Value {
  return ops.add(ops.mul(x, scale), bias);
}
