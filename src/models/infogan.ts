import { z } from "zod";
import type { GanModel, Judged } from "../adversarial/model.ts";
import * as ops from "../graph/ops/index.ts";
import type { Value } from "../graph/value.ts";
import { batchNorm, linear, normal, type Scope, zeros } from "../nn/index.ts";
import { DcganBody, flatten } from "./dcgan-body.ts";
import type { ModelDefinition } from "./definition.ts";

const schema = z.strictObject({
  /** Length of the part of z that stands for nothing in particular. */
  noise: z.int().min(1).max(4096).default(62),
  /** Values of the categorical code. */
  categories: z.int().min(2).max(1000).default(10),
  /** Number of continuous codes. */
  continuous: z.int().min(0).max(100).default(2),
  /** Weights of the two parts of the mutual information. */
  categoricalWeight: z.number().min(0).default(1),
  continuousWeight: z.number().min(0).default(0.1),
  /** Channels next to the image; they double with every halving of the resolution. */
  baseChannels: z.int().min(1).max(512).default(64),
});
type InfoganOptions = z.output<typeof schema>;

/**
 * InfoGAN (arXiv 1606.03657) with DCGAN's convolutions at 28, 32, 64 or 128 pixels: part of z is a code
 * that a head on D reads back from the picture, which both players are paid for. All of it is made of
 * z ~ N(0, I) of length noise + categories + continuous: the category is the place of the largest of
 * its numbers, a continuous code is Phi(z) stretched over [-1, 1], uniform.
 * Differs: DCGAN's layers in place of the paper's; the spread of a continuous code's prediction is
 * fixed at 1.
 */
export const infogan: ModelDefinition<InfoganOptions> = {
  name: "infogan",
  summary: "InfoGAN (Chen et al. 2016): codes without labels, at 28, 32, 64 or 128 pixels",
  schema,
  build: (options, image): GanModel => {
    const { noise, categories, continuous } = options;
    const body = new DcganBody("infogan", image, options);
    const generator = (s: Scope, z: Value) => {
      const { category, values } = codesOf(z, options);
      const parts = [ops.slice(z, 1, 0, noise), ops.oneHot(category, categories)];
      return body.generator(s, ops.concat(values ? [...parts, values] : parts, 1));
    };
    const discriminator = (s: Scope, images: Value) => body.logit(s, body.features(s, images));
    const auxiliary = (s: Scope, { samples, z }: Judged) => {
      if (!z) return undefined;
      return negativeInformation(s.at("code"), body.features(s, samples), z, options);
    };
    const latent = noise + categories + continuous;
    return { image, latent, classes: 0, generator, discriminator, auxiliary };
  },
};

/** The category i32 [N] and the continuous codes [N,continuous] that a z stands for. */
function codesOf(z: Value, { noise, categories, continuous }: InfoganOptions) {
  const category = ops.argmax(ops.slice(z, 1, noise, noise + categories), 1);
  if (continuous === 0) return { category };
  const numbers = ops.slice(z, 1, noise + categories, noise + categories + continuous);
  return { category, values: ops.erf(ops.mul(numbers, ops.scalar(Math.SQRT1_2))) };
}

/**
 * Minus the lower bound of the mutual information between code and picture, in nats: what the head's
 * prediction of each code costs less the entropy of the code, times the weights.
 */
function negativeInformation(s: Scope, features: Value, z: Value, options: InfoganOptions): Value {
  const { categories, continuous, categoricalWeight, continuousWeight } = options;
  const { category, values } = codesOf(z, options);
  const init = { init: normal(0.02), biasInit: zeros };
  const wide = linear(s.at("fc"), flatten(features), 128, { ...init, bias: false });
  const h = ops.leakyRelu(batchNorm(s.at("bn"), wide), 0.2);
  const scores = ops.logSoftmax(linear(s.at("category"), h, categories, init));
  const cost = ops.neg(ops.reduceMean(ops.pick(scores, category)));
  const first = ops.sub(cost, ops.scalar(Math.log(categories)));
  const total = ops.mul(first, ops.scalar(categoricalWeight));
  if (!values) return total;
  const error = ops.sub(values, linear(s.at("values"), h, continuous, init));
  const squares = ops.reduceMean(ops.reduceSum(ops.mul(error, error), [1]));
  // -log of a normal density of deviation 1, less the entropy log 2 of a number uniform in [-1, 1].
  const constant = continuous * (Math.log(2 * Math.PI) / 2 - Math.log(2));
  const second = ops.add(ops.mul(squares, ops.scalar(0.5)), ops.scalar(constant));
  return ops.add(total, ops.mul(second, ops.scalar(continuousWeight)));
}
