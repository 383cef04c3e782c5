import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import { graphError, type Value } from "../../graph/value.ts";
import type { Augmentation } from "../augmentation.ts";
import type { Resources } from "../regularizer.ts";
import { brightness } from "./brightness.ts";
import { contrast } from "./contrast.ts";
import { cutout } from "./cutout.ts";
import { flip } from "./flip.ts";
import { saturation } from "./saturation.ts";
import { scale } from "./scale.ts";
import { translation } from "./translation.ts";

/** Every augmentation by name, in the order in which they are applied; a new one is a line here. */
export const augmentations: readonly Augmentation[] = [
  flip,
  scale,
  translation,
  brightness,
  saturation,
  contrast,
  cutout,
];

const names = augmentations.map((a) => a.name) as [string, ...string[]];

/** Names of augmentations. */
export const policySchema = z.array(z.enum(names)).min(1);

/** DiffAugment's colour, translation and cutout. */
export const standardPolicy = ["brightness", "saturation", "contrast", "translation", "cutout"];

/**
 * Applies the augmentations of a policy to images [N,C,H,W], each to an image with probability
 * `probability` [] (by default always). Throws a graph error for samples that are no images.
 */
export function augment(
  images: Value,
  policy: readonly string[],
  noise: Resources["noise"],
  probability?: Value,
): Value {
  if (images.shape.length !== 4) {
    throw graphError("augment", "augmentation needs images [N,C,H,W]", [images]);
  }
  const each = [images.shape[0] as number, 1, 1, 1];
  const chosen = augmentations.filter((a) => policy.includes(a.name));
  return chosen.reduce((x, { name, apply }) => {
    const draw = (what: string) => noise(`${name}/${what}`, each, "uniform");
    const on = probability
      ? ops.cast(ops.greater(probability, draw("on")), "f32")
      : ops.broadcastTo(ops.scalar(1), each);
    return apply(x, draw, on);
  }, images);
}
