import * as ops from "../graph/ops/index.ts";
import { staticDim, type Value } from "../graph/value.ts";
import { fanInUniform, type Initializer, uniform } from "./initializers.ts";
import type { Reparameterize } from "./reparameterize.ts";
import type { Scope } from "./scope.ts";

export interface Conv2dOptions {
  readonly kernel: number;
  /** Default 1. */
  readonly stride?: number;
  /** Zeros on every side; default 0. */
  readonly padding?: number;
  /** Default 1. */
  readonly dilation?: number;
  /** Default 1. */
  readonly groups?: number;
  /** Default true. */
  readonly bias?: boolean;
  readonly init?: Initializer;
  readonly biasInit?: Initializer;
  readonly reparameterize?: Reparameterize | undefined;
}

/** Convolution: x [N,C,H,W] -> [N,channels,H',W']; weight [channels, C/groups, k, k]. */
export function conv2d(s: Scope, x: Value, channels: number, options: Conv2dOptions): Value {
  const { kernel: k, groups = 1 } = options;
  return s.build(() => {
    const shape = [channels, staticDim(x, 1) / groups, k, k];
    const weight = s.parameter("weight", shape, options.init ?? fanInUniform);
    const used = options.reparameterize?.(s, weight) ?? weight;
    const y = ops.conv(x, used, windowOf(options));
    const fanIn = (shape[1] as number) * k * k;
    return options.bias === false ? y : addBias(s, y, channels, fanIn, options.biasInit);
  });
}

export interface ConvTranspose2dOptions extends Conv2dOptions {
  /** Extra rows and columns at the far edge; default 0. */
  readonly outputPadding?: number;
}

/**
 * Transposed convolution: x [N,C,H,W] -> [N,channels,H',W'] with
 * H' = (H-1) stride - 2 padding + dilation (k-1) + outputPadding + 1; weight [C, channels/groups, k, k].
 */
export function convTranspose2d(
  s: Scope,
  x: Value,
  channels: number,
  options: ConvTranspose2dOptions,
): Value {
  const {
    kernel: k,
    stride = 1,
    padding = 0,
    dilation = 1,
    groups = 1,
    outputPadding = 0,
  } = options;
  return s.build(() => {
    const shape = [staticDim(x, 1), channels / groups, k, k];
    const weight = s.parameter("weight", shape, options.init ?? fanInUniform);
    const size = (d: number) =>
      (d - 1) * stride - 2 * padding + dilation * (k - 1) + outputPadding + 1;
    const out: [number, number] = [size(staticDim(x, 2)), size(staticDim(x, 3))];
    const used = options.reparameterize?.(s, weight) ?? weight;
    const y = ops.convInputGrad(x, used, out, windowOf(options));
    const fanIn = (shape[1] as number) * k * k;
    return options.bias === false ? y : addBias(s, y, channels, fanIn, options.biasInit);
  });
}

function windowOf({ stride = 1, padding: p = 0, dilation = 1, groups = 1 }: Conv2dOptions) {
  return {
    strides: [stride, stride] as const,
    pads: [p, p, p, p] as const,
    dilations: [dilation, dilation] as const,
    groups,
  };
}

function addBias(
  s: Scope,
  y: Value,
  channels: number,
  fanIn: number,
  init: Initializer = uniform(1 / Math.sqrt(fanIn)),
): Value {
  const bias = s.parameter("bias", [channels], init);
  return ops.add(y, ops.reshape(bias, [1, channels, 1, 1]));
}
