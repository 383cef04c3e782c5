import { gridMixture } from "../mixtures.ts";
import { mixtureToy } from "./mixture-toy.ts";

/** PacGAN's grid at a quarter of its size, so that every toy fits one square. */
const scale = 1 / 4;

export const grid25 = mixtureToy(
  {
    name: "grid-25",
    means: gridMixture.means.map(([x, y]) => [scale * x, scale * y] as const),
    sigma: scale * gridMixture.sigma,
  },
  "25 narrow Gaussians on a square grid",
);
