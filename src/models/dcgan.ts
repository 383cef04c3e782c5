import { z } from "zod";
import type { GanModel, ImageShape } from "../adversarial/model.ts";
import * as ops from "../graph/ops/index.ts";
import { type Dim, elementCount, type Value } from "../graph/value.ts";
import {
  batchNorm,
  conv2d,
  convTranspose2d,
  embedding,
  normal,
  type Scope,
  zeros,
} from "../nn/index.ts";
import { usageError } from "../util/errors.ts";
import type { ModelDefinition } from "./definition.ts";

const schema = z.strictObject({
  /** Length of z. */
  latent: z.int().min(1).max(4096).default(100),
  /** Channels next to the image; they double with every halving of the resolution. */
  baseChannels: z.int().min(1).max(512).default(64),
  /** Both players see the class label. */
  conditional: z.boolean().default(false),
});
type DcganOptions = z.output<typeof schema>;

const weights = { bias: false, init: normal(0.02) };
const halving = { ...weights, kernel: 4, stride: 2, padding: 1 };
const norm = { scaleInit: normal(0.02, 1) };

/**
 * DCGAN (arXiv 1511.06434) at 28, 32, 64 or 128 pixels, grey or colour. From 4x4 (7x7 for 28)
 * every level doubles the resolution with a 4x4 stride-2 transposed convolution; D mirrors it.
 * With `conditional`, every batch norm of G has a scale and a bias for each class (arXiv 1610.07629)
 * and D's logit gains the product of its last features with the class's vector (projection,
 * arXiv 1802.05637). A label beside z would soon outweigh it: G then draws one image for each class.
 * Differs: weights follow N(0, 0.02^2) and batch-norm scales N(1, 0.02^2), kernels are 4x4 as in the
 * authors' code, not 5x5.
 */
export const dcgan: ModelDefinition<DcganOptions> = {
  name: "dcgan",
  summary: "deep convolutional GAN (Radford et al. 2015) at 28, 32, 64 or 128 pixels",
  schema,
  build: (options, image, classes): GanModel => {
    const { start, levels } = levelsOf(image);
    const known = options.conditional ? classes : 0;
    if (options.conditional && classes < 2) {
      throw usageError(
        "dcgan: conditional needs data with at least two classes; this data has none. Train without: --set model.conditional=false",
      );
    }
    const widths = Array.from({ length: levels }, (_, i) => options.baseChannels * 2 ** i);
    const generator = (s: Scope, z: Value, labels?: Value) => {
      const own = labels ? { ...norm, conditional: { labels, classes: known } } : norm;
      const seed = ops.reshape(z, [z.shape[0] as Dim, options.latent, 1, 1]);
      let h = convTranspose2d(s.at("project"), seed, widths.at(-1) as number, {
        ...weights,
        kernel: start,
      });
      h = ops.relu(batchNorm(s.at("bn0"), h, own));
      for (let i = 1; i < levels; i++) {
        h = convTranspose2d(s.at(`up${i}`), h, widths.at(-1 - i) as number, halving);
        h = ops.relu(batchNorm(s.at(`bn${i}`), h, own));
      }
      return ops.tanh(convTranspose2d(s.at("out"), h, image.channels, halving));
    };
    const discriminator = (s: Scope, images: Value, labels?: Value) => {
      let h = images;
      widths.forEach((width, i) => {
        h = conv2d(s.at(`down${i}`), h, width, halving);
        h = ops.leakyRelu(i === 0 ? h : batchNorm(s.at(`bn${i}`), h, norm), 0.2);
      });
      const out = conv2d(s.at("out"), h, 1, { ...weights, kernel: start });
      const logit = ops.reshape(out, [images.shape[0] as Dim, 1]);
      return labels ? ops.add(logit, projection(s.at("label"), h, labels, known)) : logit;
    };
    return { image, latent: options.latent, classes: known, generator, discriminator };
  },
};

/** The product of each sample's features [N,C,H,W] with the vector of its class: [N,1]. */
function projection(s: Scope, features: Value, labels: Value, classes: number): Value {
  const [n, ...rest] = features.shape;
  const length = elementCount(rest as number[]);
  const flat = ops.reshape(features, [n as Dim, length]);
  return ops.reduceSum(ops.mul(flat, embedding(s, labels, classes, length, zeros)), [1], true);
}

function levelsOf({ size }: ImageShape): { start: number; levels: number } {
  const start = size === 28 ? 7 : 4;
  const levels = Math.log2(size / start);
  if (!Number.isInteger(levels) || levels < 2 || levels > 5) {
    throw usageError(`dcgan: size must be 28, 32, 64 or 128, received ${size}; use --size 64.`);
  }
  return { start, levels };
}
