import * as ops from "../../graph/ops/index.ts";
import type { Augmentation } from "../augmentation.ts";
import { spread } from "./spread.ts";

/** 0 to 2 times as far from each pixel's grey (DiffAugment, arXiv 2006.10738); nothing to grey images. */
export const saturation: Augmentation = {
  name: "saturation",
  summary: "0 to 2 times the saturation",
  apply: (images, draw, on) => {
    if (images.shape[1] === 1) return images;
    return spread(images, [1], ops.mul(draw("factor"), ops.scalar(2)), on);
  },
};
