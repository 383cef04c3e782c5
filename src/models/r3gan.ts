import { z } from "zod";
import type { GanModel } from "../adversarial/model.ts";
import * as ops from "../graph/ops/index.ts";
import { type Dim, staticDim, type Value } from "../graph/value.ts";
import {
  conv2d,
  downsampleFiltered,
  embedding,
  heNormal,
  linear,
  normal,
  type Scope,
  upsampleFiltered,
  zeros,
} from "../nn/index.ts";
import { usageError } from "../util/errors.ts";
import type { ModelDefinition } from "./definition.ts";
import { bounded, knownClasses, resolutions, widthsOf } from "./stages.ts";

const schema = z.strictObject({
  /** Length of z. */
  latent: z.int().min(1).max(4096).default(64),
  /** Channels at the image's resolution; twice as many with every halving. */
  baseChannels: z.int().min(1).max(2048).default(8),
  /** Channels at the most. */
  maxChannels: z.int().min(1).max(4096).default(128),
  /** Channels at 4x4, 8x8, ... up to the image, instead of `baseChannels` and `maxChannels`. */
  widths: z.array(z.int().min(1).max(4096)).optional(),
  /** Residual blocks at each resolution. */
  blocksPerStage: z.int().min(1).max(16).default(1),
  /** A block is so many times wider inside. */
  expansion: z.int().min(1).max(8).default(2),
  /** Channels of a group of the 3x3 convolutions; their cardinality is width x expansion over this. */
  groupSize: z.int().min(1).max(4096).default(16),
  /** Both players see the class label. */
  conditional: z.boolean().default(false),
});
type R3ganOptions = z.output<typeof schema>;

/** Keeps the variance of what goes through LeakyReLU(0.2). */
const activationGain = Math.sqrt(2 / (1 + 0.2 ** 2));

/**
 * R3GAN (arXiv 2501.05441) at 16, 32, 64 or 128 pixels: residual blocks 1x1 -> grouped 3x3 -> 1x1 with
 * biases before each LeakyReLU(0.2) and no normalisation, the last weight of a block starting at 0
 * (fix-up, arXiv 1901.09321), and low-pass filtered resampling between resolutions. G begins with
 * learned 4x4 maps, weighed by a linear map of z; D ends with a 4x4 map for each channel. With
 * `conditional`, the class's vector stands beside z, and D's logit is the product of its features with
 * the class's vector. G's pixels are not bounded to [-1, 1] in training; samples are cut to it. It is
 * meant for the loss `relativistic` with `r1` and `r2`.
 * Differs: the default widths suit a CPU; the authors' for 32x32 are `widths` 768 at every resolution
 * and 2 blocks.
 */
export const r3gan: ModelDefinition<R3ganOptions> = {
  name: "r3gan",
  summary: "R3GAN: residual blocks without normalisation (Huang et al. 2025) at 16 to 128 pixels",
  schema,
  build: (options, image, classes): GanModel => {
    const stages = resolutions("r3gan", image, [16, 32, 64, 128]);
    const widths = checkedWidths(options, stages);
    const known = knownClasses("r3gan", options.conditional, classes);
    const { latent, blocksPerStage } = options;
    const [first, last] = [widths[0] as number, widths.at(-1) as number];
    const unit = { bias: false, init: heNormal(1) } as const;
    const blocks = (s: Scope, x: Value, resolution: number) => {
      let h = x;
      for (let i = 0; i < blocksPerStage; i++) {
        const at = s.at(`b${resolution}`).at(`block${i}`);
        h = residual(at, h, options, blocksPerStage * stages.length);
      }
      return h;
    };
    /** A 1x1 convolution where the number of channels changes. */
    const widened = (s: Scope, x: Value, width: number) =>
      staticDim(x, 1) === width ? x : conv2d(s, x, width, { ...unit, kernel: 1 });

    const generator = (s: Scope, z: Value, labels?: Value) => {
      const spread = normal(1 / Math.sqrt(known));
      const input = labels
        ? ops.concat([z, embedding(s.at("label"), labels, known, latent, spread)], 1)
        : z;
      const weights = linear(s.at("basis"), input, first, unit);
      const maps = s.at("basis").parameter("maps", [first, 4, 4], normal(1));
      let h = ops.mul(maps, ops.reshape(weights, [z.shape[0] as Dim, first, 1, 1]));
      h = blocks(s, h, 4);
      for (const [i, resolution] of stages.slice(1).entries()) {
        const at = s.at(`b${resolution}`).at("up");
        h = upsampleFiltered(widened(at, h, widths[i + 1] as number));
        h = blocks(s, h, resolution);
      }
      return bounded(s, conv2d(s.at("out"), h, image.channels, { ...unit, kernel: 1 }));
    };

    const discriminator = (s: Scope, images: Value, labels?: Value) => {
      let h = conv2d(s.at("in"), images, last, { ...unit, kernel: 1 });
      for (let i = stages.length - 1; i > 0; i--) {
        h = blocks(s, h, stages[i] as number);
        const at = s.at(`b${stages[i]}`).at("down");
        h = widened(at, downsampleFiltered(h), widths[i - 1] as number);
      }
      h = blocks(s, h, 4);
      const maps = s.at("basis").parameter("maps", [first, 1, 4, 4], heNormal(1));
      const sums = ops.reduceSum(ops.mul(h, ops.reshape(maps, [1, first, 4, 4])), [2, 3]);
      if (!labels) return linear(s.at("basis"), sums, 1, unit);
      const features = linear(s.at("basis"), sums, first, unit);
      const spread = normal(1 / Math.sqrt(known * first));
      const own = embedding(s.at("label"), labels, known, first, spread);
      return ops.reduceSum(ops.mul(features, own), [1], true);
    };
    return { image, latent, classes: known, independentSamples: true, generator, discriminator };
  },
};

/** x [N,C,H,W] plus what a bottleneck of three convolutions makes of it; x itself at the start. */
function residual(s: Scope, x: Value, options: R3ganOptions, blockCount: number): Value {
  const width = staticDim(x, 1);
  const wide = width * options.expansion;
  const gain = activationGain * blockCount ** (-1 / 4);
  const plain = { bias: false, init: heNormal(gain) } as const;
  const active = (at: Scope, h: Value) =>
    ops.leakyRelu(ops.add(h, ops.reshape(at.parameter("bias", [wide], zeros), [wide, 1, 1])), 0.2);
  let h = active(s.at("conv0"), conv2d(s.at("conv0"), x, wide, { ...plain, kernel: 1 }));
  const grouped = { ...plain, kernel: 3, padding: 1, groups: wide / options.groupSize };
  h = active(s.at("conv1"), conv2d(s.at("conv1"), h, wide, grouped));
  return ops.add(x, conv2d(s.at("conv2"), h, width, { bias: false, init: zeros, kernel: 1 }));
}

/** The width of each stage. Throws a usage error where they do not fit the image or the groups. */
function checkedWidths(options: R3ganOptions, stages: readonly number[]): readonly number[] {
  const { baseChannels, maxChannels, expansion, groupSize } = options;
  const widths = options.widths ?? widthsOf(stages, baseChannels, maxChannels);
  if (widths.length !== stages.length) {
    throw usageError(
      `r3gan: widths must be ${stages.length} numbers, for ${stages.join(", ")} pixels, received ${widths.length}.`,
    );
  }
  const uneven = widths.find((width) => (width * expansion) % groupSize !== 0);
  if (uneven !== undefined) {
    throw usageError(
      `r3gan: groupSize must divide width x expansion = ${uneven} x ${expansion}, received ${groupSize}.`,
    );
  }
  return widths;
}
