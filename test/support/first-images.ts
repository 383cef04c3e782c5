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

/** Grey images as colour ones, framed by `frame` pixels of background. */
export function framedColour(data: ImageDataset, frame: number): ImageDataset {
  const size = data.size + 2 * frame;
  const read = (indices: ArrayLike<number>, out: Float32Array) => {
    const grey = new Float32Array(indices.length * data.size ** 2);
    data.read(indices, grey);
    out.fill(-1);
    for (let row = 0; row < indices.length * data.size; row++) {
      const [n, y] = [Math.floor(row / data.size), row % data.size];
      const line = grey.subarray(row * data.size, (row + 1) * data.size);
      for (let c = 0; c < 3; c++) out.set(line, ((n * 3 + c) * size + y + frame) * size + frame);
    }
  };
  return { ...data, channels: 3, size, fingerprint: `${data.fingerprint} colour`, read };
}
