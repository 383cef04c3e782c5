import { mnistDcgan } from "./mnist-dcgan.ts";
import { dcganAdam, defaults, type Recipe } from "./recipe.ts";

export const fashionDcgan: Recipe = {
  name: "fashion-dcgan",
  summary: "DCGAN on Fashion-MNIST at 32x32, by class",
  config: { ...mnistDcgan.config, data: { name: "fashion-mnist" } },
};

/** R1 keeps a faster rate stable. */
const colourAdam = { ...dcganAdam, learningRate: 5e-4 } as const;

export const emojiDcgan: Recipe = {
  name: "emoji-dcgan",
  summary: "DCGAN on 64x64 colour emoji",
  config: {
    ...defaults,
    model: { name: "dcgan", latent: 100, baseChannels: 32 },
    data: { name: "emoji" },
    size: 64,
    channels: 3,
    loss: { name: "non-saturating" },
    regularizers: [{ name: "r1", gamma: 1 }],
    optimizer: { discriminator: { ...colourAdam }, generator: { ...colourAdam } },
    batch: 32,
    emaKimg: 10,
    length: { minutes: 20 },
  },
};

const { channels: _ownChannels, ...withoutChannels } = emojiDcgan.config;

/** The starting point for images of one's own: `train dcgan --data ./icons --size 64`. */
export const dcganRecipe: Recipe = {
  name: "dcgan",
  summary: "DCGAN on any images: --data FOLDER --size 28|32|64|128",
  config: { ...withoutChannels, data: { name: "mnist" }, size: 32 },
};

export const mlpRecipe: Recipe = {
  name: "mlp",
  summary: "the fully connected GAN on any images: --data FOLDER --size N",
  config: {
    ...defaults,
    model: { name: "mlp", latent: 100 },
    data: { name: "mnist" },
    size: 28,
    loss: { name: "non-saturating" },
    optimizer: { discriminator: { ...dcganAdam }, generator: { ...dcganAdam } },
    length: { minutes: 10 },
  },
};
