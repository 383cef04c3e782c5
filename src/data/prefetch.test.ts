import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { idxBytes, put, temporaryFolder } from "../../test/support/picture-files.ts";
import { BatchOrder } from "./batches.ts";
import type { ImageDataset } from "./image-dataset.ts";
import { openData } from "./index.ts";
import { Prefetcher } from "./prefetch.ts";
import { idxFiles } from "./sources/idx.ts";

const folder = temporaryFolder();
let data: ImageDataset;

beforeAll(async () => {
  const pixels = Uint8Array.from({ length: 23 * 16 }, (_, i) => (i * 31) % 256);
  const labels = Uint8Array.from({ length: 23 }, (_, i) => i % 4);
  put(join(folder, "train-images-idx3-ubyte"), idxBytes([23, 4, 4], pixels));
  put(join(folder, "train-labels-idx1-ubyte"), idxBytes([23], labels));
  data = await openData(idxFiles(folder), { split: "train", cacheDir: join(folder, "cache") });
});

test("gives the order's batches and the state of those taken", () => {
  const plain = new BatchOrder(data.count, 5, 3);
  const ahead = new Prefetcher(data, new BatchOrder(data.count, 5, 3));
  expect(ahead.threaded).toBe(false);
  expect(ahead.state).toEqual(plain.state);
  for (let b = 0; b < 11; b++) {
    const indices = plain.next();
    const batch = ahead.next();
    expect(ahead.state).toEqual(plain.state);
    expect([...batch.indices]).toEqual([...indices]);
    expect([...batch.labels]).toEqual([...indices].map((i) => data.labelOf(i)));
    const images = new Float32Array(5 * 16);
    data.read(indices, images);
    expect([...batch.images]).toEqual([...images]);
  }
  ahead.close();
  expect(() => ahead.next()).toThrow("closed");
});

test("refuses an order over another number of images", () => {
  expect(() => new Prefetcher(data, new BatchOrder(7, 5, 3))).toThrow("7 images");
});
