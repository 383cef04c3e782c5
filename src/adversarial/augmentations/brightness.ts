import * as ops from "../../graph/ops/index.ts";
import type { Augmentation } from "../augmentation.ts";

/** A number of [-0.5, 0.5) on all channels (DiffAugment, arXiv 2006.10738). */
export const brightness: Augmentation = {
  name: "brightness",
  summary: "lighter or darker by up to a quarter of the range",
  apply: (images, draw, on) => {
    const by = ops.sub(draw("by"), ops.scalar(0.5));
    return ops.add(images, ops.mul(by, on));
  },
};
