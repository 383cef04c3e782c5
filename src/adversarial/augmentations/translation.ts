import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import type { Augmentation } from "../augmentation.ts";
import { whole } from "./positions.ts";
import { resample } from "./resample.ts";

/** By whole pixels, up to an eighth of the side along each axis (DiffAugment, arXiv 2006.10738). */
export const translation: Augmentation = {
  name: "translation",
  summary: "moved by up to an eighth of the side",
  apply: (images, draw, on) => {
    const [, , h, w] = images.shape as number[];
    const shift = (size: number, u: Value) => {
      const reach = Math.round(size / 8);
      return ops.mul(ops.sub(whole(u, 2 * reach + 1), ops.scalar(reach)), on);
    };
    return resample(
      images,
      { shift: shift(h as number, draw("rows")) },
      { shift: shift(w as number, draw("columns")) },
    );
  },
};
