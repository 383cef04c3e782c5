import { ringMixture } from "../data/mixtures.ts";
import { mixtureTable } from "./mixture-table.ts";
import { packed, regularized } from "./pacgan.ts";

/** Eight Gaussians on a circle. */
export const ring = mixtureTable(
  ringMixture,
  "PacGAN's ring of 8 Gaussians: modes, quality, balance",
  10,
  [
    packed(1, [6.3, 98.2, 0.45]),
    packed(2, [7.9, 95.6, 0.07]),
    packed(4, [7.8, 95.9, 0.07]),
    regularized(0.05, { learningRate: 4e-3, quantile: 0.2 }),
  ],
);
