import type { Value } from "../graph/value.ts";

/** A random change of images [N,C,H,W] that leaves what they show; differentiable in the images. */
export interface Augmentation {
  readonly name: string;
  readonly summary: string;
  /**
   * `draw` gives a fresh uniform number in [0, 1) for each image, [N,1,1,1], by a name of one's own;
   * `on` [N,1,1,1] is 1 for images that are to be changed and 0 for those that are not.
   */
  apply(images: Value, draw: (name: string) => Value, on: Value): Value;
}
