import type { MixtureMethod } from "./mixture-table.ts";

/** Adam at 1e-4 with beta1 0.8, as PacGAN's authors trained. */
const theirs = { name: "adam", learningRate: 1e-4, beta1: 0.8 } as const;

/** The published GAN, or PacGAN with a degree of packing. */
export function packed(pack: number, figures: readonly [number, number, number]): MixtureMethod {
  return {
    name: pack === 1 ? "GAN" : `PacGAN${pack}`,
    note: "",
    theirs: figures,
    recipe: () => ({
      loss: { name: "non-saturating" },
      regularizers: [],
      pack,
      emaKimg: 0,
      optimizer: { discriminator: { ...theirs }, generator: { ...theirs } },
    }),
  };
}
