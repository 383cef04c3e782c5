import { z } from "zod";
import type { GanModel, ImageShape } from "../adversarial/model.ts";
import * as ops from "../graph/ops/index.ts";
import type { Dim, Value } from "../graph/value.ts";
import { batchNorm, conv2d, convTranspose2d, embedding, normal, type Scope } from "../nn/index.ts";
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
 * With `conditional`, G gets an embedding of the label beside z, D one as an extra input plane.
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
        "dcgan: conditional needs data with at least two classes; this data has none.",
      );
    }
    const widths = Array.from({ length: levels }, (_, i) => options.baseChannels * 2 ** i);
    const generator = (s: Scope, z: Value, labels?: Value) => {
      const input = labels
        ? ops.concat([z, embedding(s.at("label"), labels, known, options.latent)], 1)
        : z;
      const seed = ops.reshape(input, [z.shape[0] as Dim, input.shape[1] as Dim, 1, 1]);
      let h = convTranspose2d(s.at("project"), seed, widths.at(-1) as number, {
        ...weights,
        kernel: start,
      });
      h = ops.relu(batchNorm(s.at("bn0"), h, norm));
      for (let i = 1; i < levels; i++) {
        h = convTranspose2d(s.at(`up${i}`), h, widths.at(-1 - i) as number, halving);
        h = ops.relu(batchNorm(s.at(`bn${i}`), h, norm));
      }
      return ops.tanh(convTranspose2d(s.at("out"), h, image.channels, halving));
    };
    const discriminator = (s: Scope, images: Value, labels?: Value) => {
      let h = labels ? ops.concat([images, labelPlane(s, labels, known, image)], 1) : images;
      widths.forEach((width, i) => {
        h = conv2d(s.at(`down${i}`), h, width, halving);
        h = ops.leakyRelu(i === 0 ? h : batchNorm(s.at(`bn${i}`), h, norm), 0.2);
      });
      const logit = conv2d(s.at("out"), h, 1, { ...weights, kernel: start });
      return ops.reshape(logit, [images.shape[0] as Dim, 1]);
    };
    return { image, latent: options.latent, classes: known, generator, discriminator };
  },
};

/** One plane of pixels for each label: i32 [N] -> [N,1,H,W]. */
function labelPlane(s: Scope, labels: Value, classes: number, { size }: ImageShape): Value {
  const plane = embedding(s.at("label"), labels, classes, size * size);
  return ops.reshape(plane, [labels.shape[0] as Dim, 1, size, size]);
}

function levelsOf({ size }: ImageShape): { start: number; levels: number } {
  const start = size === 28 ? 7 : 4;
  const levels = Math.log2(size / start);
  if (!Number.isInteger(levels) || levels < 2 || levels > 5) {
    throw usageError(`dcgan: size must be 28, 32, 64 or 128, received ${size}; use --size 64.`);
  }
  return { start, levels };
}
