import type { MixtureMethod } from "./mixture-table.ts";

/**
 * Adam at 1e-4 with beta1 0.8, as PacGAN's authors trained. A short run has three times the rate: at
 * theirs it would still be on its way to the modes.
 */
function theirs(whole: boolean) {
  return { name: "adam", learningRate: whole ? 1e-4 : 3e-4, beta1: 0.8 } as const;
}

/** The published GAN, or PacGAN with a degree of packing. */
export function packed(pack: number, figures: readonly [number, number, number]): MixtureMethod {
  return {
    name: pack === 1 ? "GAN" : `PacGAN${pack}`,
    note: "learning rate 3e-4 unless --full",
    theirs: figures,
    recipe: (_kimg, whole) => ({
      loss: { name: "non-saturating" },
      regularizers: [],
      pack,
      emaKimg: 0,
      optimizer: { discriminator: theirs(whole), generator: theirs(whole) },
    }),
  };
}

/**
 * The recipe that did best here: the non-saturating loss with R1, Adam without momentum at a rate that
 * falls to nothing, an average of G. What is left between the modes is turned away by D, which learns
 * on alone for a while: a G that is continuous in a connected z cannot leave these bridges out.
 */
export function regularized(
  gamma: number,
  { learningRate, quantile }: { readonly learningRate: number; readonly quantile: number },
): MixtureMethod {
  return {
    name: `NSGAN + R1 ${gamma}`,
    note: "no published figure: our recipe",
    recipe: (kimg) => {
      const rate = { from: learningRate, to: 1e-6, over: kimg, shape: "cosine" } as const;
      const adam = { name: "adam", learningRate: rate, beta1: 0, beta2: 0.99 };
      return {
        loss: { name: "non-saturating" },
        regularizers: [{ name: "r1", gamma }],
        pack: 1,
        emaKimg: kimg / 12,
        // Short runs, which only show that everything works, train D shortly, too.
        rejection: {
          steps: Math.min(1200, Math.ceil(2 * kimg)),
          batch: 300,
          learningRate: 1e-3,
          quantile,
        },
        optimizer: { discriminator: adam, generator: { ...adam } },
      };
    },
  };
}
