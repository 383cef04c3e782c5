import { gridMixture } from "../data/mixtures.ts";
import { mixtureTable } from "./mixture-table.ts";
import { packed, regularized } from "./pacgan.ts";

/** 25 Gaussians on a square. */
export const grid = mixtureTable(
  gridMixture,
  "PacGAN's grid of 25 Gaussians: modes, quality, balance",
  25,
  [
    packed(1, [17.3, 94.8, 0.7]),
    packed(2, [23.8, 91.3, 0.13]),
    packed(4, [24.8, 93.6, 0.04]),
    regularized(0.5, { learningRate: 2e-3, quantile: 0.3 }),
  ],
);
