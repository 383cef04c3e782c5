import type { PartSpec } from "../../recipes/builders.ts";
import type { RunConfig } from "../../recipes/index.ts";

/** The same optimizer for both players. */
function both(spec: RunConfig["optimizer"]["generator"]): RunConfig["optimizer"] {
  return { discriminator: spec, generator: { ...spec } };
}

/** DCGAN's optimizer (arXiv 1511.06434), unless a paper has one of its own. */
export function adam(learningRate = 2e-4, beta1 = 0.5, beta2 = 0.999): RunConfig["optimizer"] {
  return both({ name: "adam", learningRate, beta1, beta2 });
}

/** WGAN's (arXiv 1701.07875). */
export const wganRmsprop = both({ name: "rmsprop", learningRate: 5e-5 });

/**
 * Five times DCGAN's rate, falling over the whole run, as our recipes train: only a game that R1 keeps
 * stable bears it.
 */
export function fastAdam(kimg: number, beta1 = 0.5): RunConfig["optimizer"] {
  const learningRate = { from: 1e-3, to: 5e-5, over: kimg, shape: "cosine" };
  return both({ name: "adam", learningRate, beta1, beta2: 0.999 } as never);
}

/** Gradient penalties by weight. */
export const r1 = (gamma: number): PartSpec => ({ name: "r1", gamma });
export const r2 = (gamma: number): PartSpec => ({ name: "r2", gamma });
