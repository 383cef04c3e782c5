import * as ops from "../../graph/ops/index.ts";
import type { Augmentation } from "../augmentation.ts";
import { spread } from "./spread.ts";

/** 0.5 to 1.5 times as far from the image's mean (DiffAugment, arXiv 2006.10738). */
export const contrast: Augmentation = {
  name: "contrast",
  summary: "0.5 to 1.5 times the contrast",
  apply: (images, draw, on) => {
    const factor = ops.add(draw("factor"), ops.scalar(0.5));
    return spread(images, [1, 2, 3], factor, on);
  },
};
