import { dcganAdam, defaults, type Recipe } from "./recipe.ts";

/** The article's program: MLP GAN on MNIST at 64x64, BCE with the mean of both halves, Adam. */
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
    optimizer: { discriminator: { ...dcganAdam }, generator: { ...dcganAdam } },
    length: { epochs: 5 },
  },
};
