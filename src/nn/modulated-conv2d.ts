import * as ops from "../graph/ops/index.ts";
import { type Dim, graphError, staticDim, type Value } from "../graph/value.ts";
import { normal, ones } from "./initializers.ts";
import { linear } from "./linear.ts";
import { equalized } from "./reparameterize.ts";
import type { Scope } from "./scope.ts";

export interface ModulatedConvOptions {
  /** Odd; the map keeps its size. */
  readonly kernel: number;
  /** Each output channel is divided by the length of its modulated kernel; default true. */
  readonly demodulate?: boolean;
}

/**
 * Convolution whose input channels every sample scales by its own style (arXiv 1912.04958):
 * x [N,C,H,W] or [1,C,H,W], styles [N,W] -> [N,channels,H,W], of weight [channels,C,k,k] and an affine map of the
 * style, both at an equalised learning rate. Scaling the maps before and after one shared convolution
 * is the same as a convolution with a kernel for each sample.
 */
export function modulatedConv2d(
  s: Scope,
  x: Value,
  styles: Value,
  channels: number,
  { kernel, demodulate = true }: ModulatedConvOptions,
): Value {
  return s.build(() => {
    if (kernel % 2 === 0) throw graphError("modulatedConv2d", "the kernel must be odd", [x]);
    const [n, width] = [styles.shape[0] as Dim, staticDim(x, 1)];
    const affine = { init: normal(1), biasInit: ones, reparameterize: equalized() };
    const scales = linear(s.at("style"), styles, width, affine);
    const raw = s.parameter("weight", [channels, width, kernel, kernel], normal(1));
    const weight = equalized()(s, raw);
    const pad = (kernel - 1) / 2;
    const scaled = ops.mul(x, ops.reshape(scales, [n, width, 1, 1]));
    const y = ops.conv(scaled, weight, { pads: [pad, pad, pad, pad] });
    if (!demodulate) return y;
    const energy = ops.reduceSum(ops.mul(weight, weight), [2, 3]);
    const sums = ops.matMul(ops.mul(scales, scales), energy, { transB: true });
    const lengths = ops.sqrt(ops.add(sums, ops.scalar(1e-8)));
    return ops.div(y, ops.reshape(lengths, [n, channels, 1, 1]));
  });
}
