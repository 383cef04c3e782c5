import { createHash } from "node:crypto";
import type { ImageDataset } from "../../src/data/image-dataset.ts";

/** The first images of a data set as one of their own, so that tests stay small. */
export function firstImages(data: ImageDataset, count: number, name = data.name): ImageDataset {
  return {
    name,
    split: data.split,
    count,
    channels: data.channels,
    size: data.size,
    classes: data.classes,
    fingerprint: createHash("sha256").update(`${data.fingerprint} ${count}`).digest("hex"),
    skipped: 0,
    cachePath: data.cachePath,
    labelOf: (i) => data.labelOf(i),
    read: (indices, out) => data.read(indices, out),
    close: () => data.close(),
  };
}
