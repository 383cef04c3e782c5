import * as ops from "../../graph/ops/index.ts";
import type { Augmentation } from "../augmentation.ts";

/** Left and right change places in every other image. */
export const flip: Augmentation = {
  name: "flip",
  summary: "mirrored from left to right, half of the time",
  apply: (images, draw, on) => {
    const w = images.shape[3] as number;
    const swap = Array.from({ length: w * w }, (_, i) =>
      Math.floor(i / w) + (i % w) === w - 1 ? 1 : 0,
    );
    const mirrored = ops.matMul(images, ops.constant(swap, [w, w]));
    const half = ops.greater(ops.scalar(0.5), draw("side"));
    const share = ops.mul(ops.cast(half, "f32"), on);
    return ops.add(images, ops.mul(ops.sub(mirrored, images), share));
  },
};
