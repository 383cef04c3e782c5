import { dcganAdam, defaults, type Recipe } from "./recipe.ts";

export const mnistDcgan: Recipe = {
  name: "mnist-dcgan",
  summary: "DCGAN on MNIST at 32x32: good digits in ten minutes on two cores",
  config: {
    ...defaults,
    model: { name: "dcgan", latent: 100, baseChannels: 32 },
    data: { name: "mnist" },
    size: 32,
    channels: 1,
    loss: { name: "non-saturating" },
    regularizers: [{ name: "r1", gamma: 1 }],
    optimizer: { discriminator: { ...dcganAdam }, generator: { ...dcganAdam } },
    emaKimg: 10,
    length: { minutes: 10 },
  },
};

/** What `npm start` runs. */
export const mnistQuick: Recipe = {
  ...mnistDcgan,
  name: "mnist-quick",
  summary: "the same in three minutes, as `npm start` runs it",
  config: { ...mnistDcgan.config, length: { minutes: 2.5 } },
};
