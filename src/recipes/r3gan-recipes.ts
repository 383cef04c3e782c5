import { defaults, type Recipe } from "./recipe.ts";

/** A value that falls, or rises, along a cosine over so many thousand images. */
interface Course {
  readonly from: number;
  readonly to: number;
  readonly overKimg: number;
}

/** The same for both players: Adam without momentum, as R3GAN (arXiv 2501.05441) uses it. */
export function momentumFree({ from, to, overKimg }: Course) {
  const learningRate = { from, to, over: overKimg, shape: "cosine" } as const;
  const adam = { name: "adam", learningRate, beta1: 0, beta2: 0.99 } as const;
  return { discriminator: adam, generator: { ...adam } };
}

/** R1 and R2, which RpGAN needs in order to converge, of the same weight. */
export function r1AndR2({ from, to, overKimg }: Course) {
  const gamma = { from, to, over: overKimg, shape: "cosine" } as const;
  return [
    { name: "r1", gamma },
    { name: "r2", gamma: { ...gamma } },
  ];
}

const shared = { ...defaults, loss: { name: "relativistic" } };

export const mnistR3gan: Recipe = {
  name: "mnist-r3gan",
  summary: "R3GAN on MNIST at 32x32, by class, small enough for two cores",
  config: {
    ...shared,
    model: { name: "r3gan", conditional: true },
    data: { name: "mnist" },
    size: 32,
    channels: 1,
    regularizers: r1AndR2({ from: 1, to: 0.1, overKimg: 200 }),
    optimizer: momentumFree({ from: 1e-3, to: 1e-4, overKimg: 200 }),
    batch: 32,
    emaKimg: 10,
    length: { minutes: 10 },
  },
};

/** The starting point for images of one's own: `train r3gan --data ./icons --size 64`. */
export const r3ganRecipe: Recipe = {
  name: "r3gan",
  summary: "R3GAN on any images: --data FOLDER --size 16|32|64|128",
  config: {
    ...shared,
    model: { name: "r3gan", baseChannels: 16 },
    data: { name: "mnist" },
    size: 32,
    regularizers: r1AndR2({ from: 1, to: 0.1, overKimg: 500 }),
    optimizer: momentumFree({ from: 5e-4, to: 5e-5, overKimg: 500 }),
    batch: 32,
    emaKimg: 10,
    length: { minutes: 20 },
  },
};

/**
 * The authors' widths, batch and schedules for CIFAR-10, for a machine with a large GPU.
 * Differs: beta2 is .99 throughout, where theirs rises from .9; the average's half-life is constant;
 * images are not augmented.
 */
export const cifarR3gan: Recipe = {
  name: "cifar-r3gan",
  summary: "R3GAN at the authors' size on CIFAR-10 files that you have; wants a large GPU",
  config: {
    ...shared,
    model: { name: "r3gan", widths: [768, 768, 768, 768], blocksPerStage: 2 },
    data: { name: "cifar", path: "cifar-10-batches-bin" },
    size: 32,
    channels: 3,
    regularizers: r1AndR2({ from: 0.05, to: 0.005, overKimg: 20_000 }),
    optimizer: momentumFree({ from: 2e-4, to: 5e-5, overKimg: 20_000 }),
    batch: 512,
    emaKimg: 5000,
    length: { kimg: 200_000 },
    evalSamples: 50_000,
  },
};
