import { createHash } from "node:crypto";
import type { ImageDataset } from "../data/image-dataset.ts";
import { Random } from "../util/random.ts";

/** The data set itself, or a fixed random choice of `most` of its images, in their order. */
export function randomImages(data: ImageDataset, most: number): ImageDataset {
  if (data.count <= most) return data;
  const chosen = new Random(0, "references").permutation(data.count).slice(0, most).sort();
  const { name, split, channels, size, classes, skipped, cachePath } = data;
  const fingerprint = createHash("sha256").update(`${data.fingerprint} ${most}`).digest("hex");
  const original = (i: number) => chosen[i] as number;
  return {
    ...{ name, split, channels, size, classes, skipped, cachePath, fingerprint },
    count: most,
    labelOf: (i) => data.labelOf(original(i)),
    read: (indices, out) => data.read(Uint32Array.from(indices, original), out),
    close: () => data.close(),
  };
}
