import { mixtureToy } from "./mixture-toy.ts";

export const gaussians = mixtureToy(
  {
    name: "gaussians",
    means: [
      [-0.7, -0.6],
      [0.1, 0.8],
      [0.8, -0.3],
    ],
    sigma: 0.15,
  },
  "three wide Gaussians",
);
