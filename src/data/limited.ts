import { z } from "zod";
import { usageError } from "../util/errors.ts";
import { Random } from "../util/random.ts";
import type { DataRequest, ImageDataset } from "./image-dataset.ts";
import { openCached } from "./open-cached.ts";

/** `limit`, an option of every data set: so many training images, and no more. */
export const limitSchema = z.int().min(1).optional();

/**
 * The first `limit` images of a fixed shuffle as a data set of its own, so that smaller limits are
 * parts of larger ones. Closes `all`. Throws a usage error where there are not so many.
 */
export async function limited(
  all: ImageDataset,
  limit: number,
  request: DataRequest,
): Promise<ImageDataset> {
  const { name, split, count, channels, size, classes, fingerprint } = all;
  try {
    if (limit > count) {
      throw usageError(
        `data set "${name}": data.limit is ${limit}, but it has only ${count} ${split} images.`,
      );
    }
    const chosen = new Random(0, "limit").permutation(count).subarray(0, limit);
    const at = (i: number) => chosen[i] as number;
    const pixels = new Float32Array(channels * size * size);
    const plan = {
      ...{ count: limit, channels, size, classes },
      labelOf: (i: number) => all.labelOf(at(i)),
      decode: (i: number) => {
        all.read([at(i)], pixels);
        return Uint8Array.from(pixels, (v) => Math.round((v + 1) * 127.5));
      },
    };
    const key = ["limit", limit, fingerprint];
    return await openCached({ name, split, key }, request, async () => plan);
  } finally {
    all.close();
  }
}
