import { defaults, type Recipe } from "./recipe.ts";

/** Adam as the article calls it, with the optimizer's own betas; it leaves the rate to the caller. */
const adam = { name: "adam", learningRate: 1e-4, beta1: 0.9, beta2: 0.999 } as const;

/**
 * The article's program: MLP GAN on MNIST at 64x64, BCE with the mean of both halves, Adam.
 * At a rate of 1e-4 single precision follows double precision for 50 steps; at 2e-4 the game
 * amplifies rounding so that two correct programs differ by more than 1e-3.
 */
export const article: Recipe = {
  name: "article",
  summary: "the article's program: a fully connected GAN on MNIST at 64x64",
  config: {
    ...defaults,
    model: { name: "mlp", latent: 100 },
    data: { name: "mnist" },
    size: 64,
    channels: 1,
    loss: { name: "non-saturating", average: true },
    optimizer: { discriminator: { ...adam }, generator: { ...adam } },
    length: { epochs: 5 },
  },
};
