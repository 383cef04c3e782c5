import { z } from "zod";
import type { GanModel, Judged } from "../adversarial/model.ts";
import * as ops from "../graph/ops/index.ts";
import { type Dim, staticDim, type Value } from "../graph/value.ts";
import {
  type BatchNormOptions,
  batchNorm,
  conv2d,
  convTranspose2d,
  downsampleFiltered,
  linear,
  minibatchStddev,
  type Scope,
  spectralNorm,
  upsampleFiltered,
  xavierUniform,
  zeros,
} from "../nn/index.ts";
import { Condition, conditionalSchema } from "./condition.ts";
import type { ModelDefinition } from "./definition.ts";
import { resolutions, widthsOf } from "./stages.ts";

const schema = z.strictObject({
  /** Length of z. */
  latent: z.int().min(1).max(4096).default(128),
  /** Channels at the image's resolution; twice as many with every halving. */
  baseChannels: z.int().min(1).max(512).default(16),
  /** Channels at the most. */
  maxChannels: z.int().min(1).max(2048).default(128),
  /** Both players see the class label: true (projection), projection, concatenation, auxiliary. */
  conditional: conditionalSchema,
  /** D sees how much the images of a batch vary (arXiv 1710.10196). */
  minibatchStddev: z.boolean().default(false),
});
type ResnetOptions = z.output<typeof schema>;

/** Doubling repeats pixels, halving takes means: filters of a single weight. */
const box = [1];
const same = { init: xavierUniform, biasInit: zeros } as const;
/** Layers of D. */
const spectral = { ...same, reparameterize: spectralNorm } as const;

/**
 * The residual networks of SNGAN (arXiv 1802.05957) at 32, 64 or 128 pixels: blocks of two 3x3
 * convolutions from 4x4 up, with batch norm in G and spectral norm in every layer of D, which ends in
 * the sum over all pixels. With `conditional`, both players see the class (see `Condition`); by
 * projection (arXiv 1802.05637) unless said otherwise. It is meant for the
 * loss `hinge` and Adam of beta1 0.
 * Differs: at 32 pixels, too, channels double with every halving, up to `maxChannels`; the default
 * widths suit a CPU, the authors' are 64 and 1024.
 */
export const resnet: ModelDefinition<ResnetOptions> = {
  name: "resnet",
  summary: "SNGAN's residual networks (Miyato et al. 2018) at 32, 64 or 128 pixels",
  schema,
  build: (options, image, classes): GanModel => {
    const stages = resolutions("resnet", image, [32, 64, 128]);
    const widths = widthsOf(stages, options.baseChannels, options.maxChannels);
    const condition = new Condition("resnet", options.conditional, classes);
    const first = widths[0] as number;

    const generator = (s: Scope, z: Value, labels?: Value) => {
      const norm = condition.norm(labels);
      const input = condition.latent(s, z, labels);
      const seed = linear(s.at("project"), input, first * 16, same);
      let h = ops.reshape(seed, [z.shape[0] as Dim, first, 4, 4]);
      stages.slice(1).forEach((resolution, i) => {
        h = upBlock(s.at(`b${resolution}`), h, widths[i + 1] as number, norm);
      });
      h = ops.relu(batchNorm(s.at("bn"), h));
      // Transposed, a 3x3 convolution is one, too, and the form that images are made in elsewhere.
      const out = { ...same, kernel: 3, padding: 1 };
      return ops.tanh(convTranspose2d(s.at("out"), h, image.channels, out));
    };

    /** Images -> [N,F]. */
    const features = (s: Scope, images: Value) => {
      let h = images;
      for (let i = stages.length - 1; i > 0; i--) {
        const isFirst = i === stages.length - 1;
        h = downBlock(s.at(`b${stages[i]}`), h, widths[i] as number, isFirst);
      }
      h = options.minibatchStddev ? minibatchStddev(h) : h;
      return ops.reduceSum(ops.relu(lastBlock(s.at("b4"), h, first)), [2, 3]);
    };
    const discriminator = (s: Scope, images: Value, labels?: Value) => {
      const sums = features(s, condition.images(s, images, labels));
      const logit = linear(s.at("out"), sums, 1, spectral);
      const head = { init: xavierUniform, reparameterize: spectralNorm };
      return condition.logit(s, logit, sums, labels, head);
    };
    const auxiliary = (s: Scope, { samples, labels }: Judged) =>
      labels ? condition.classLoss(s, features(s, samples), labels, spectral) : undefined;
    return {
      image,
      latent: options.latent,
      classes: condition.classes,
      independentSamples: !options.minibatchStddev,
      generator,
      discriminator,
      ...(condition.isAuxiliary ? { auxiliary } : {}),
    };
  },
};

type NormOptions = Pick<BatchNormOptions, "conditional">;

/** Doubles the resolution: norm, ReLU, up, 3x3, norm, ReLU, 3x3, beside up and 1x1. */
function upBlock(s: Scope, x: Value, width: number, norm: NormOptions): Value {
  const wide = { ...same, kernel: 3, padding: 1 };
  let h = upsampleFiltered(ops.relu(batchNorm(s.at("bn0"), x, norm)), box);
  h = conv2d(s.at("conv0"), h, width, wide);
  h = conv2d(s.at("conv1"), ops.relu(batchNorm(s.at("bn1"), h, norm)), width, wide);
  // A 1x1 convolution and repeated pixels may change places; on the smaller map it is cheaper.
  const past = conv2d(s.at("skip"), x, width, { ...same, kernel: 1 });
  return ops.add(h, upsampleFiltered(past, box));
}

/** Halves the resolution: ReLU (not on images), 3x3, ReLU, 3x3, mean, beside mean and 1x1. */
function downBlock(s: Scope, x: Value, width: number, isFirst: boolean): Value {
  const wide = { ...spectral, kernel: 3, padding: 1 };
  let h = conv2d(s.at("conv0"), isFirst ? x : ops.relu(x), width, wide);
  h = conv2d(s.at("conv1"), ops.relu(h), width, wide);
  const past = conv2d(s.at("skip"), downsampleFiltered(x, box), width, { ...spectral, kernel: 1 });
  return ops.add(downsampleFiltered(h, box), past);
}

/** Keeps the resolution; 1x1 beside it only where the number of channels changes. */
function lastBlock(s: Scope, x: Value, width: number): Value {
  const wide = { ...spectral, kernel: 3, padding: 1 };
  let h = conv2d(s.at("conv0"), ops.relu(x), width, wide);
  h = conv2d(s.at("conv1"), ops.relu(h), width, wide);
  const isSame = staticDim(x, 1) === width;
  const past = isSame ? x : conv2d(s.at("skip"), x, width, { ...spectral, kernel: 1 });
  return ops.add(h, past);
}
