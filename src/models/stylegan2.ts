import { z } from "zod";
import type { GanModel } from "../adversarial/model.ts";
import * as ops from "../graph/ops/index.ts";
import type { Dim, Value } from "../graph/value.ts";
import {
  conv2d,
  downsampleFiltered,
  embedding,
  equalized,
  linear,
  minibatchStddev,
  modulatedConv2d,
  normal,
  type Scope,
  upsampleFiltered,
  zeros,
} from "../nn/index.ts";
import { flatten } from "./dcgan-body.ts";
import type { ModelDefinition } from "./definition.ts";
import { bounded, knownClasses, resolutions, widthsOf } from "./stages.ts";

const schema = z.strictObject({
  /** Length of z. */
  latent: z.int().min(1).max(4096).default(64),
  /** Length of the style w. */
  styleLength: z.int().min(1).max(4096).default(64),
  /** Layers between z and w. */
  mappingLayers: z.int().min(1).max(16).default(4),
  /** Channels at the image's resolution; twice as many with every halving. */
  baseChannels: z.int().min(1).max(512).default(16),
  /** Channels at the most. */
  maxChannels: z.int().min(1).max(2048).default(128),
  /** Images of a group whose spread D sees; 1 leaves it out. */
  minibatchGroup: z.int().min(1).max(64).default(4),
  /** Both players see the class label. */
  conditional: z.boolean().default(false),
});
type Stylegan2Options = z.output<typeof schema>;

/** Each layer's learning rate relative to the optimizer's. */
const mappingRate = 0.01;
const plain = { init: normal(1), biasInit: zeros, reparameterize: equalized() } as const;

/**
 * StyleGAN2 (arXiv 1912.04958) at 16, 32, 64 or 128 pixels: z becomes a style w, which scales the channels
 * of every convolution of G from a learned 4x4 map up; each resolution adds to the image; D is
 * residual and sees the spread of a batch. All weights are at an equalised learning rate. With
 * `conditional`, the class's vector stands beside z and D's logit is the product of its features with
 * another. G's pixels are not bounded to [-1, 1] in training; samples are cut to it.
 * Differs: filtering stands before a 3x3 convolution that doubles the resolution and behind one that
 * halves it, which is the same but for the edges; noise is drawn anew at every training step and left
 * out of samples, so that a z always gives the same image; no mixing of styles; the default widths
 * suit a CPU.
 */
export const stylegan2: ModelDefinition<Stylegan2Options> = {
  name: "stylegan2",
  summary: "StyleGAN2 (Karras et al. 2020), small, at 16, 32, 64 or 128 pixels",
  schema,
  build: (options, image, classes): GanModel => {
    const stages = resolutions("stylegan2", image, [16, 32, 64, 128]);
    const widths = widthsOf(stages, options.baseChannels, options.maxChannels);
    const known = knownClasses("stylegan2", options.conditional, classes);
    const { latent, styleLength, mappingLayers, minibatchGroup } = options;

    const styles = (s: Scope, z: Value, labels?: Value) => {
      let h = unitLength(z);
      if (labels) {
        const own = embedding(s.at("label"), labels, known, latent);
        h = ops.concat([h, unitLength(own)], 1);
      }
      const init = normal(1 / mappingRate);
      const reparameterize = equalized(mappingRate);
      for (let i = 0; i < mappingLayers; i++) {
        const at = s.at(`mapping${i}`);
        h = active(linear(at, h, styleLength, { init, biasInit: zeros, reparameterize }));
      }
      return h;
    };

    const synthesize = (s: Scope, w: Value) => {
      const first = widths[0] as number;
      const start = s.at("b4").parameter("start", [1, first, 4, 4], normal(1));
      let h = styled(s.at("b4").at("conv1"), start, w, first);
      let rgb = toImage(s.at("b4").at("image"), h, w, image.channels);
      stages.slice(1).forEach((resolution, i) => {
        const at = s.at(`b${resolution}`);
        const width = widths[i + 1] as number;
        h = styled(at.at("conv0"), upsampleFiltered(h), w, width);
        h = styled(at.at("conv1"), h, w, width);
        rgb = ops.add(upsampleFiltered(rgb), toImage(at.at("image"), h, w, image.channels));
      });
      return bounded(s, rgb);
    };

    const discriminator = (s: Scope, images: Value, labels?: Value) => {
      const wide = { ...plain, kernel: 3, padding: 1 };
      let h = active(conv2d(s.at("in"), images, widths.at(-1) as number, { ...plain, kernel: 1 }));
      for (let i = stages.length - 1; i > 0; i--) {
        const at = s.at(`b${stages[i]}`);
        h = narrowed(at, h, widths[i] as number, widths[i - 1] as number);
      }
      const width = widths[0] as number;
      const seen = minibatchGroup > 1 ? minibatchStddev(h, minibatchGroup) : h;
      h = active(conv2d(s.at("b4").at("conv"), seen, width, wide));
      h = active(linear(s.at("b4").at("fc"), flatten(h), width, plain));
      if (!labels) return linear(s.at("out"), h, 1, plain);
      const features = linear(s.at("out"), h, width, plain);
      const own = unitLength(embedding(s.at("label"), labels, known, width));
      const sums = ops.reduceSum(ops.mul(features, own), [1], true);
      return ops.mul(sums, ops.scalar(1 / Math.sqrt(width)));
    };
    return {
      image,
      latent,
      classes: known,
      independentSamples: minibatchGroup === 1,
      generator: (s, z, labels) => synthesize(s, styles(s, z, labels)),
      discriminator,
      styles,
      synthesize,
    };
  },
};

/** LeakyReLU(0.2) that keeps the scale of N(0, 1). */
function active(x: Value): Value {
  return ops.mul(ops.leakyRelu(x, 0.2), ops.scalar(Math.SQRT2));
}

/** Every row divided by the root of its mean square: [N,L]. */
function unitLength(x: Value): Value {
  const square = ops.reduceMean(ops.mul(x, x), [1], true);
  return ops.div(x, ops.sqrt(ops.add(square, ops.scalar(1e-8))));
}

/** A 3x3 convolution in a style, noise for each pixel, a bias. */
function styled(s: Scope, x: Value, w: Value, width: number): Value {
  const y = modulatedConv2d(s, x, w, width, { kernel: 3 });
  const strength = s.parameter("noise", [1], zeros);
  const bias = ops.reshape(s.parameter("bias", [width], zeros), [1, width, 1, 1]);
  if (s.mode === "eval") return active(ops.add(y, bias));
  const [n, , height, across] = y.shape as [Dim, Dim, Dim, Dim];
  const noise = s.noise("pixels", [n, 1, height, across], "normal");
  return active(ops.add(ops.add(y, ops.mul(noise, strength)), bias));
}

/** What a resolution adds to the image. */
function toImage(s: Scope, x: Value, w: Value, channels: number): Value {
  const y = modulatedConv2d(s, x, w, channels, { kernel: 1, demodulate: false });
  return ops.add(y, ops.reshape(s.parameter("bias", [channels], zeros), [1, channels, 1, 1]));
}

/** D's block at one resolution: two 3x3 convolutions, halved, beside a halved 1x1. */
function narrowed(s: Scope, x: Value, width: number, next: number): Value {
  const wide = { ...plain, kernel: 3, padding: 1 };
  const h = active(conv2d(s.at("conv0"), x, width, wide));
  const bare = conv2d(s.at("conv1"), h, next, { ...wide, bias: false });
  const bias = s.at("conv1").parameter("bias", [next], zeros);
  const half = active(ops.add(downsampleFiltered(bare), ops.reshape(bias, [1, next, 1, 1])));
  const past = conv2d(s.at("skip"), downsampleFiltered(x), next, {
    ...plain,
    kernel: 1,
    bias: false,
  });
  return ops.mul(ops.add(half, past), ops.scalar(Math.SQRT1_2));
}
