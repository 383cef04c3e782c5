import type { ImageShape } from "../adversarial/model.ts";
import * as ops from "../graph/ops/index.ts";
import type { Value } from "../graph/value.ts";
import type { Scope } from "../nn/index.ts";
import { usageError } from "../util/errors.ts";

/**
 * The resolutions of a network that doubles from 4x4 up to the image: [4, 8, ..., size]. Throws a
 * usage error for any other size than the `sizes` that the model is made for.
 */
export function resolutions(model: string, { size }: ImageShape, sizes: readonly number[]) {
  if (!sizes.includes(size)) {
    const last = sizes.at(-1);
    const known = `${sizes.slice(0, -1).join(", ")} or ${last}`;
    throw usageError(
      `${model}: size must be ${known}, received ${size}; use --size ${Math.min(64, last ?? 64)}.`,
    );
  }
  return Array.from({ length: Math.log2(size / 4) + 1 }, (_, i) => 4 * 2 ** i);
}

/** `base` channels at the image's resolution, twice as many with every halving, `most` at the most. */
export function widthsOf(stages: readonly number[], base: number, most: number): number[] {
  const size = stages.at(-1) as number;
  return stages.map((resolution) => Math.min((base * size) / resolution, most));
}

/** The number of classes that the players see. Throws a usage error where the data have none. */
export function knownClasses(model: string, conditional: boolean, classes: number): number {
  if (conditional && classes < 2) {
    throw usageError(
      `${model}: conditional needs data with at least two classes; this data has none. Train without: --set model.conditional=false`,
    );
  }
  return conditional ? classes : 0;
}

/** Images of a generator without tanh: free in training, cut to [-1, 1] where they are used. */
export function bounded(s: Scope, images: Value): Value {
  if (s.mode === "train") return images;
  return ops.minimum(ops.maximum(images, ops.scalar(-1)), ops.scalar(1));
}
