import { dcganAdam, defaults, type Recipe } from "./recipe.ts";

/** Adam without momentum, the same for both players. */
function bothPlayers(learningRate: number, beta2: number) {
  const adam = { name: "adam", learningRate, beta1: 0, beta2 } as const;
  return { discriminator: adam, generator: { ...adam } };
}

/**
 * SNGAN on images of one's own: `train sngan --data ./icons --size 64`.
 * Differs: two moves of D for one of G in place of five, which suits short runs.
 */
export const snganRecipe: Recipe = {
  name: "sngan",
  summary: "SNGAN's residual networks on any images: --data FOLDER --size 32|64|128",
  config: {
    ...defaults,
    model: { name: "resnet" },
    data: { name: "mnist" },
    size: 32,
    loss: { name: "hinge" },
    optimizer: bothPlayers(2e-4, 0.9),
    batch: 32,
    discriminatorSteps: 2,
    emaKimg: 10,
    length: { minutes: 20 },
  },
};

/** StyleGAN2 on images of one's own: `train stylegan2 --data ./icons --size 64`. */
export const stylegan2Recipe: Recipe = {
  name: "stylegan2",
  summary: "a small StyleGAN2 on any images: --data FOLDER --size 16|32|64|128",
  config: {
    ...defaults,
    model: { name: "stylegan2" },
    data: { name: "mnist" },
    size: 32,
    loss: { name: "non-saturating" },
    regularizers: [{ name: "r1", gamma: 1 }],
    optimizer: bothPlayers(2e-3, 0.99),
    batch: 32,
    emaKimg: 10,
    length: { minutes: 20 },
  },
};

/** A rate of 1e-3 for G, 2e-4 for D, as in the paper's experiment on MNIST. */
export const mnistInfogan: Recipe = {
  name: "mnist-infogan",
  summary: "InfoGAN on MNIST at 28x28: a code for the digit that nobody labelled",
  config: {
    ...defaults,
    model: { name: "infogan", baseChannels: 32 },
    data: { name: "mnist" },
    size: 28,
    channels: 1,
    loss: { name: "non-saturating" },
    optimizer: {
      discriminator: { ...dcganAdam },
      generator: { ...dcganAdam, learningRate: 1e-3 },
    },
    emaKimg: 10,
    length: { minutes: 10 },
  },
};
