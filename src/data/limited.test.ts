import { join } from "node:path";
import { expect, test } from "vitest";
import { pictureFolder } from "../../test/support/cli.ts";
import { temporaryFolder } from "../../test/support/picture-files.ts";
import type { ImageDataset } from "./image-dataset.ts";
import { checkDataSpec, openData } from "./index.ts";

const root = temporaryFolder();
const cacheDir = join(root, "cache");
const path = await pictureFolder(join(root, "pictures"), 40);

/** Each image with its label, as text. */
function contentOf(data: ImageDataset): string[] {
  const pixels = new Float32Array(data.channels * data.size ** 2);
  return Array.from({ length: data.count }, (_, i) => {
    data.read([i], pixels);
    return `${data.labelOf(i)}: ${pixels.join()}`;
  });
}

const open = (split: "train" | "test", limit?: number) =>
  openData({ name: "folder", path, ...(limit !== undefined && { limit }) }, { split, cacheDir });

test("a limit takes a few training images, the same every time, and no test images", async () => {
  const all = contentOf(await open("train"));
  const [ten, again, five] = await Promise.all([
    open("train", 10),
    open("train", 10),
    open("train", 5),
  ]);
  const few = contentOf(ten);
  expect(few).toHaveLength(10);
  expect(new Set(few).size).toBe(10);
  for (const one of few) expect(all).toContain(one);
  expect(few).not.toEqual(all.slice(0, 10));
  expect(contentOf(again)).toEqual(few);
  expect(contentOf(five)).toEqual(few.slice(0, 5));
  expect([ten.name, ten.split, ten.classes]).toEqual(["folder", "train", ["even", "odd"]]);
  expect((await open("test", 1)).fingerprint).toBe((await open("test")).fingerprint);
});

test("limits that cannot be are refused", async () => {
  await expect(open("train", 1000)).rejects.toThrow(
    /data\.limit is 1000, but it has only \d+ train/,
  );
  for (const limit of [0, 2.5]) {
    expect(() => checkDataSpec({ name: "mnist", limit })).toThrow(/data\.limit is refused/);
  }
});
