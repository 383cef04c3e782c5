import { defaults, type Recipe } from "./recipe.ts";

/** The same for both players: Adam without momentum, as R3GAN (arXiv 2501.05441) uses it. */
function bothPlayers(from: number, to: number, overKimg: number) {
  const learningRate = { from, to, over: overKimg, shape: "cosine" } as const;
  const adam = { name: "adam", learningRate, beta1: 0, beta2: 0.99 } as const;
  return { discriminator: adam, generator: { ...adam } };
}

/** R1 and R2, which RpGAN needs in order to converge, of the same weight. */
function penalties(from: number, to: number, overKimg: number) {
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
    regularizers: penalties(1, 0.1, 200),
    optimizer: bothPlayers(1e-3, 1e-4, 200),
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
    regularizers: penalties(1, 0.1, 500),
    optimizer: bothPlayers(5e-4, 5e-5, 500),
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
    regularizers: penalties(0.05, 0.005, 20_000),
    optimizer: bothPlayers(2e-4, 5e-5, 20_000),
    batch: 512,
    emaKimg: 5000,
    length: { kimg: 200_000 },
    evalSamples: 50_000,
  },
};
