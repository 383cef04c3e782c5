import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { idxBytes, put, temporaryFolder } from "../../test/support/picture-files.ts";
import { BatchOrder } from "./batches.ts";
import { checkDataSpec, openData } from "./index.ts";
import { Prefetcher } from "./prefetch.ts";

const folder = temporaryFolder();

beforeAll(() => {
  for (const prefix of ["train", "t10k"]) {
    const pixels = Uint8Array.from({ length: 20 * 16 }, (_, i) => i >> 4);
    const labels = Uint8Array.from({ length: 20 }, (_, i) => i % 4);
    put(join(folder, `${prefix}-images-idx3-ubyte`), idxBytes([20, 4, 4], pixels));
    put(join(folder, `${prefix}-labels-idx1-ubyte`), idxBytes([20], labels));
  }
});

const open = (limit?: number, split: "train" | "test" = "train") =>
  openData(
    { name: "idx", path: folder, ...(limit !== undefined && { limit }) },
    { split, cacheDir: join(folder, "cache") },
  );

/** The images, each by its pixels' value. */
async function images(limit?: number): Promise<number[]> {
  const data = await open(limit);
  const out = new Float32Array(data.count * 16);
  data.read(
    Array.from({ length: data.count }, (_, i) => i),
    out,
  );
  data.close();
  return Array.from({ length: data.count }, (_, i) => out[16 * i] as number);
}

test("a limit gives so many training images, a smaller one a part of them, and no others change", async () => {
  const all = await images();
  const seven = await images(7);
  expect(seven).toHaveLength(7);
  expect(new Set(seven).size).toBe(7);
  expect(seven.every((x) => all.includes(x))).toBe(true);
  expect(await images(3)).toEqual(seven.slice(0, 3));
  expect(await images(20)).toEqual(all);
  expect((await open(7, "test")).count).toBe(20);
});

test("labels go with their images, batches come from them alone, and each limit has its own print", async () => {
  const [all, seven] = [await open(), await open(7)];
  const rows = seven.rows ?? new Uint32Array();
  expect(Array.from(rows, (row) => all.labelOf(row))).toEqual(
    Array.from({ length: 7 }, (_, i) => seven.labelOf(i)),
  );
  const batch = new Prefetcher(seven, new BatchOrder(7, 7, 1)).next();
  expect(new Set(batch.images).size).toBe(7);
  const prints = [all, seven, await open(8)].map((d) => d.fingerprint);
  expect(new Set(prints).size).toBe(3);
  expect(() => seven.labelOf(7)).toThrow("image index");
});

test.each([0, 1.5, -3, "ten", null])("refuses a limit of %j", (limit) => {
  expect(() => checkDataSpec({ name: "idx", path: folder, limit })).toThrow("data.limit");
});
