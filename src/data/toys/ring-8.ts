import { ringMixture } from "../mixtures.ts";
import { mixtureToy } from "./mixture-toy.ts";

export const ring8 = mixtureToy(
  { ...ringMixture, name: "ring-8" },
  "eight narrow Gaussians on a circle",
);
