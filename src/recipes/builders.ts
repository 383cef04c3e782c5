import {
  ada as adaRule,
  balancedConsistency as balancedConsistencyRule,
  consensus as consensusRule,
  consistency as consistencyRule,
  diffaugment as diffaugmentRule,
  dragan as draganRule,
  hinge as hingeRule,
  instanceNoise as instanceNoiseRule,
  latentConsistency as latentConsistencyRule,
  leastSquares as leastSquaresRule,
  lecam as lecamRule,
  minimax as minimaxRule,
  nonSaturating as nonSaturatingRule,
  pathLength as pathLengthRule,
  r1 as r1Rule,
  r2 as r2Rule,
  relativisticAverage as relativisticAverageRule,
  relativistic as relativisticRule,
  topK as topKRule,
  unrolled as unrolledRule,
  wasserstein as wassersteinRule,
  wganGp as wganGpRule,
} from "../adversarial/index.ts";
import {
  dcgan as dcganModel,
  infogan as infoganModel,
  mlp as mlpModel,
  r3gan as r3ganModel,
  resnet as resnetModel,
  stylegan2 as stylegan2Model,
} from "../models/index.ts";
import {
  adam as adamRule,
  adamw as adamwRule,
  rmsprop as rmspropRule,
  type Schedule,
  sgd as sgdRule,
} from "../optim/index.ts";

/** A part of a configuration: its name and its options, plain JSON. */
export interface PartSpec {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** A model with the size of its images. */
export interface ModelSpec extends PartSpec {
  /** Height and width in pixels. */
  readonly size: number;
}

/** An optimizer with its learning rate, a number or a schedule. */
export interface OptimizerSpec extends PartSpec {
  readonly learningRate: Schedule;
}

/** What may be set of a part, from the type of its checked options. */
type Options<Part> = Part extends { readonly schema: { readonly _output: infer O } }
  ? { readonly [K in keyof O]?: O[K] | undefined }
  : never;

interface Size {
  readonly size?: number | undefined;
}
interface Rate {
  readonly learningRate?: Schedule | undefined;
}

/** DCGAN (arXiv 1511.06434) at 28, 32 (default), 64 or 128 pixels. */
export function dcgan(options: Options<typeof dcganModel> & Size = {}): ModelSpec {
  return { size: 32, ...given(options), name: dcganModel.name };
}

/** The article's fully connected GAN; 28 pixels by default. */
export function mlp(options: Options<typeof mlpModel> & Size = {}): ModelSpec {
  return { size: 28, ...given(options), name: mlpModel.name };
}

/** R3GAN (arXiv 2501.05441) at 16, 32 (default), 64 or 128 pixels; it wants `relativistic`, `r1`, `r2`. */
export function r3gan(options: Options<typeof r3ganModel> & Size = {}): ModelSpec {
  return { size: 32, ...given(options), name: r3ganModel.name };
}

/** SNGAN's residual networks (arXiv 1802.05957) at 32 (default), 64 or 128 pixels. */
export function resnet(options: Options<typeof resnetModel> & Size = {}): ModelSpec {
  return { size: 32, ...given(options), name: resnetModel.name };
}

/** InfoGAN (arXiv 1606.03657) at 28, 32 (default), 64 or 128 pixels. */
export function infogan(options: Options<typeof infoganModel> & Size = {}): ModelSpec {
  return { size: 32, ...given(options), name: infoganModel.name };
}

/** StyleGAN2 (arXiv 1912.04958) at 16, 32 (default), 64 or 128 pixels. */
export function stylegan2(options: Options<typeof stylegan2Model> & Size = {}): ModelSpec {
  return { size: 32, ...given(options), name: stylegan2Model.name };
}

/** D and G play for V(D,G) = E log D(x) + E log(1 - D(G(z))) (arXiv 1406.2661). */
export const minimax = builder(minimaxRule);
/** As `minimax`, but G maximises log D(G(z)). */
export const nonSaturating = builder(nonSaturatingRule);
/** LSGAN (arXiv 1611.04076). */
export const leastSquares = builder(leastSquaresRule);
/** Wasserstein GAN (arXiv 1701.07875); D's weights are clipped to 0.01 unless `clip` says otherwise. */
export const wasserstein = builder(wassersteinRule);
/** The hinge loss (arXiv 1705.02894). */
export const hinge = builder(hingeRule);
/** Relativistic pairing GAN (arXiv 1807.00734), as in R3GAN. */
export const relativistic = builder(relativisticRule);
/** Relativistic average GAN (arXiv 1807.00734). */
export const relativisticAverage = builder(relativisticAverageRule);

/** Gradient penalty on real images, gamma/2 E |grad D(x)|^2 (arXiv 1801.04406). */
export const r1 = penalty(r1Rule);
/** The same on generated images. */
export const r2 = penalty(r2Rule);
/** Gradient penalty between real and generated images (arXiv 1704.00028). */
export const wganGp = penalty(wganGpRule);
/** Gradient penalty around real images (arXiv 1705.07215). */
export const dragan = penalty(draganRule);
/** LeCam regularisation for little data (arXiv 2104.03310). */
export const lecam = penalty(lecamRule);
/** Noise on everything that D sees (arXiv 1610.04490). */
export const instanceNoise = builder(instanceNoiseRule);
/** Consensus optimisation (arXiv 1705.10461). */
export const consensus = builder(consensusRule);
/** D gives changed real images the same logit (CR, arXiv 1910.12027). */
export const consistency = penalty(consistencyRule);
/** The same for generated images, too (bCR, arXiv 2002.04724). */
export const balancedConsistency = penalty(balancedConsistencyRule);
/** Near latents: the same logit for D, different images for G (zCR, arXiv 2002.04724). */
export const latentConsistency = penalty(latentConsistencyRule);
/** G learns from the samples that D finds most real (arXiv 2002.06224). */
export const topK = builder(topKRule);
/** G plays against D some steps ahead (arXiv 1611.02163). */
export const unrolled = builder(unrolledRule);
/** Even steps in a generator's styles (arXiv 1912.04958). */
export const pathLength = penalty(pathLengthRule);
/** Random changes of everything that D sees, for little data (arXiv 2006.10738). */
export const diffaugment = builder(diffaugmentRule);
/** The same, as often as D overfits (arXiv 2006.06676). */
export const ada = builder(adaRule);

/** Adam (arXiv 1412.6980); the rate is 2e-4 by default. */
export function adam(options: Options<typeof adamRule> & Rate = {}): OptimizerSpec {
  return { learningRate: 2e-4, ...given(options), name: adamRule.name };
}

/** Adam with decoupled weight decay (arXiv 1711.05101); the rate is 2e-4 by default. */
export function adamw(options: Options<typeof adamwRule> & Rate = {}): OptimizerSpec {
  return { learningRate: 2e-4, ...given(options), name: adamwRule.name };
}

/** RMSProp; the rate is 5e-5 by default. */
export function rmsprop(options: Options<typeof rmspropRule> & Rate = {}): OptimizerSpec {
  return { learningRate: 5e-5, ...given(options), name: rmspropRule.name };
}

/** Gradient descent with momentum; the rate is 1e-2 by default. */
export function sgd(options: Options<typeof sgdRule> & Rate = {}): OptimizerSpec {
  return { learningRate: 1e-2, ...given(options), name: sgdRule.name };
}

/** A function that makes a part's entry in a configuration from its options. */
function builder<Part extends { readonly name: string }>(rule: Part) {
  return (options: Options<Part> = {} as Options<Part>): PartSpec => ({
    ...given(options),
    name: rule.name,
  });
}

/** The same for penalties, which may be paid in every `interval` steps only, so many times over. */
function penalty<Part extends { readonly name: string }>(rule: Part) {
  return builder(rule) as (
    options?: Options<Part> & { readonly interval?: number | undefined },
  ) => PartSpec;
}

/** Options that are `undefined` count as not given. */
function given(options: object): Record<string, never> {
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set as [string, never][]);
}
