import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import type { Augmentation } from "../augmentation.ts";
import { positions, whole } from "./positions.ts";

/** A square of half the image's side becomes 0, wholly or partly inside (DiffAugment, arXiv 2006.10738). */
export const cutout: Augmentation = {
  name: "cutout",
  summary: "a grey square of half the side, somewhere",
  apply: (images, draw, on) => {
    const [, , h, w] = images.shape as number[];
    const rows = inside(h as number, draw("row"), [1, 1, h as number, 1]);
    const cols = inside(w as number, draw("column"), [1, 1, 1, w as number]);
    const hole = ops.mul(ops.mul(rows, cols), on);
    return ops.mul(images, ops.sub(ops.scalar(1), hole));
  },
};

/** 1 for positions less than a quarter of `size` from a random one. */
function inside(size: number, u: Value, shape: readonly number[]): Value {
  const half = Math.floor(size / 2) / 2;
  const centre = whole(u, size + 1);
  const off = ops.sub(ops.add(positions(size, shape), ops.scalar(0.5)), centre);
  return ops.cast(ops.greater(ops.scalar(half), ops.abs(off)), "f32");
}
