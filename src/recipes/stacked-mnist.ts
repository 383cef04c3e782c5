import { dcganAdam, defaults, type Recipe } from "./recipe.ts";

const learningRate = { from: 1e-3, to: 5e-5, over: 600, shape: "cosine" } as const;
const adam = { ...dcganAdam, learningRate };

/**
 * DCGAN with R1 at the digits' own 28 pixels, as PacGAN has them: of digits enlarged to 32 the
 * classifier recognises 98.9 % instead of 99.4.
 */
export const stackedMnistDcgan: Recipe = {
  name: "stacked-mnist-dcgan",
  summary: "DCGAN on three stacked digits at 28x28: all 1,000 modes in half an hour on two cores",
  config: {
    ...defaults,
    model: { name: "dcgan", latent: 128, baseChannels: 48 },
    data: { name: "stacked-mnist" },
    size: 28,
    channels: 3,
    loss: { name: "non-saturating" },
    regularizers: [{ name: "r1", gamma: 1 }],
    optimizer: { discriminator: adam, generator: { ...adam } },
    emaKimg: 20,
    length: { kimg: 600 },
    metrics: ["modes", "modes-kl"],
    evalSamples: 26_000,
  },
};
