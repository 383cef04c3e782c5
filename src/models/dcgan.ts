import { z } from "zod";
import type { GanModel, Judged } from "../adversarial/model.ts";
import type { Value } from "../graph/value.ts";
import { normal, type Scope } from "../nn/index.ts";
import { Condition, conditionalSchema } from "./condition.ts";
import { DcganBody, flatten } from "./dcgan-body.ts";
import type { ModelDefinition } from "./definition.ts";

const schema = z.strictObject({
  /** Length of z. */
  latent: z.int().min(1).max(4096).default(100),
  /** Channels next to the image; they double with every halving of the resolution. */
  baseChannels: z.int().min(1).max(512).default(64),
  /** Both players see the class label: true (projection), projection, concatenation, auxiliary. */
  conditional: conditionalSchema,
  /** D sees how much the images of a batch vary (arXiv 1710.10196). */
  minibatchStddev: z.boolean().default(false),
});
type DcganOptions = z.output<typeof schema>;

/**
 * DCGAN (arXiv 1511.06434) at 28, 32, 64 or 128 pixels, grey or colour. From 4x4 (7x7 for 28)
 * every level doubles the resolution with a 4x4 stride-2 transposed convolution; D mirrors it.
 * With `conditional`, both players see the class (see `Condition`); by projection unless said
 * otherwise, for a label beside z would soon outweigh it: G then draws one image for each class.
 * Differs: weights follow N(0, 0.02^2) and batch-norm scales N(1, 0.02^2), kernels are 4x4 as in the
 * authors' code, not 5x5.
 */
export const dcgan: ModelDefinition<DcganOptions> = {
  name: "dcgan",
  summary: "deep convolutional GAN (Radford et al. 2015) at 28, 32, 64 or 128 pixels",
  schema,
  build: (options, image, classes): GanModel => {
    const condition = new Condition("dcgan", options.conditional, classes);
    const body = new DcganBody("dcgan", image, options);
    const generator = (s: Scope, z: Value, labels?: Value) =>
      body.generator(s, condition.latent(s, z, labels), condition.norm(labels));
    const discriminator = (s: Scope, images: Value, labels?: Value) => {
      const features = body.features(s, condition.images(s, images, labels));
      return condition.logit(s, body.logit(s, features), flatten(features), labels);
    };
    const auxiliary = (s: Scope, { samples, labels }: Judged) => {
      if (!labels) return undefined;
      const features = flatten(body.features(s, samples));
      return condition.classLoss(s, features, labels, { init: normal(0.02) });
    };
    return {
      image,
      latent: options.latent,
      classes: condition.classes,
      generator,
      discriminator,
      ...(condition.isAuxiliary ? { auxiliary } : {}),
    };
  },
};
