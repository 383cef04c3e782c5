import { symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { picture, plain, put, temporaryFolder } from "../../../test/support/picture-files.ts";
import type { ImageDataset } from "../image-dataset.ts";
import { openData } from "../index.ts";
import type { ImageFolderOptions } from "./image-folder.ts";
import { imageFolder } from "./image-folder.ts";

const root = temporaryFolder();
const cacheDir = join(root, "cache");

function open(
  name: string,
  options: ImageFolderOptions & { size?: number; channels?: 1 | 3 } = {},
) {
  const { size, channels, ...rest } = options;
  return openData(imageFolder(join(root, name), { testShare: 0, ...rest }), {
    split: "train",
    size,
    channels,
    cacheDir,
  });
}

/** Image `i` as bytes [C, H, W]. */
function bytesOf(data: ImageDataset, i = 0): number[] {
  const out = new Float32Array(data.channels * data.size ** 2);
  data.read([i], out);
  return [...out].map((v) => Math.round((v + 1) * 127.5));
}

test("reads every format; class folders are the labels, in the order of their names", async () => {
  for (const [i, format] of (["png", "jpeg", "webp", "gif"] as const).entries()) {
    const extension = format === "jpeg" ? "JPG" : format;
    const path = join(root, "formats", i < 2 ? "b class/deep" : "a", `x.${extension}`);
    put(path, await picture(format, { width: 32, height: 32 }));
  }
  put(join(root, "formats/.hidden/x.png"), "not read");
  put(join(root, "formats/a/notes.txt"), "not read");
  const data = await open("formats");
  expect([data.count, data.channels, data.size]).toEqual([4, 3, 32]);
  expect(data.classes).toEqual(["a", "b class"]);
  expect([0, 1, 2, 3].map((i) => data.labelOf(i))).toEqual([0, 0, 1, 1]);
  const png = bytesOf(data, 3);
  for (const i of [0, 1, 2]) {
    const off = bytesOf(data, i).map((v, k) => Math.abs(v - (png[k] as number)));
    expect(off.reduce((a, b) => a + b, 0) / off.length, `image ${i}`).toBeLessThan(25);
  }
  const bare = await open("formats", { labels: false });
  expect([bare.classes.length, bare.labelOf(0)]).toEqual([0, -1]);
});

test("train and test folders are the splits", async () => {
  for (const split of ["train", "val"]) {
    for (const c of ["cat", "dog", "emu"]) {
      const n = split === "train" ? 2 : 1;
      for (let i = 0; i < n; i++) {
        put(join(root, "splits", split, c, `${i}.png`), await picture("png", { seed: i }));
      }
    }
  }
  const spec = imageFolder(join(root, "splits"));
  const train = await openData(spec, { split: "train", cacheDir });
  const held = await openData(spec, { split: "test", cacheDir });
  expect([train.count, held.count]).toEqual([6, 3]);
  expect(held.classes).toEqual(["cat", "dog", "emu"]);
});

test("grey pictures give one channel, one coloured picture gives three", async () => {
  put(join(root, "grey/a.png"), await picture("png", { channels: 1 }));
  put(join(root, "grey/b.png"), await plain(16, 16, { r: 9, g: 9, b: 9 }));
  const grey = await open("grey");
  expect(grey.channels).toBe(1);
  expect(new Set(bytesOf(grey, 1))).toEqual(new Set([9]));
  put(join(root, "grey/c.png"), await plain(16, 16, { r: 200, g: 100, b: 50 }));
  const colour = await open("grey");
  expect([colour.channels, colour.count]).toEqual([3, 3]);
  expect(bytesOf(colour, 2)[0]).toBe(200);
  const forced = await open("grey", { channels: 1 });
  expect(bytesOf(forced, 2)[0]).toBe(Math.round(0.299 * 200 + 0.587 * 100 + 0.114 * 50));
});

test("transparent pixels show the background", async () => {
  put(join(root, "clear/a.png"), await plain(16, 16, { r: 255, g: 0, b: 0, alpha: 0 }));
  put(join(root, "clear/b.webp"), await plain(16, 16, { r: 255, g: 0, b: 0, alpha: 0.5 }, "webp"));
  const white = await open("clear", { channels: 3 });
  expect(bytesOf(white)[0]).toBe(255);
  expect(bytesOf(white)[256]).toBe(255);
  expect(bytesOf(white, 1)[256]).toBeGreaterThan(120);
  const blue = await open("clear", { background: "#0000ff" });
  expect([bytesOf(blue)[0], bytesOf(blue)[512]]).toEqual([0, 255]);
});

test("pictures that are not square are cropped, padded or stretched", async () => {
  const left = await plain(16, 16, { r: 255, g: 0, b: 0 });
  const wide = await sharp(await plain(48, 16, { r: 0, g: 0, b: 255 }))
    .composite([{ input: left, left: 0, top: 0 }])
    .png()
    .toBuffer();
  put(join(root, "wide/a.png"), wide);
  const reds = async (fit: "crop" | "pad" | "stretch") =>
    bytesOf(await open("wide", { fit, background: "black", size: 48 })).filter(
      (v, k) => k < 48 * 48 && v > 200,
    ).length;
  expect(await reds("crop")).toBe(0);
  expect(await reds("pad")).toBeCloseTo(16 * 16, -2);
  expect(await reds("stretch")).toBeCloseTo(16 * 48, -2);
  expect((await open("wide")).size).toBe(16);
});

test("tiny pictures are enlarged by nearest, so that pixel art keeps its edges", async () => {
  const raw = Uint8Array.of(255, 0, 0, 255);
  put(
    join(root, "tiny/a.png"),
    await sharp(raw, { raw: { width: 2, height: 2, channels: 1 } })
      .png()
      .toBuffer(),
  );
  const row = [255, 255, 255, 255, 0, 0, 0, 0];
  const expected = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((y) => (y < 4 ? row : [...row].reverse()));
  expect(bytesOf(await open("tiny", { size: 8, channels: 1 }))).toEqual(expected);
  expect(
    new Set(bytesOf(await open("tiny", { size: 8, channels: 1, kernel: "linear" }))).size,
  ).toBeGreaterThan(2);
});

test("an animated gif gives its first frame, EXIF orientation is obeyed, 16 bits become 8", async () => {
  const frames = await Promise.all([
    plain(16, 16, { r: 255, g: 0, b: 0 }),
    plain(16, 16, { r: 0, g: 255, b: 0 }),
  ]);
  put(
    join(root, "odd/a.gif"),
    await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer(),
  );
  const half = await plain(16, 8, { r: 0, g: 0, b: 255 });
  const turned = sharp(await plain(16, 16, { r: 255, g: 255, b: 255 })).composite([
    { input: half, left: 0, top: 0 },
  ]);
  put(join(root, "odd/b.jpg"), await turned.jpeg().withMetadata({ orientation: 3 }).toBuffer());
  const deep = Uint16Array.from({ length: 256 }, () => 0x8000);
  put(
    join(root, "odd/c.png"),
    await sharp(deep, { raw: { width: 16, height: 16, channels: 1 } })
      .toColourspace("grey16")
      .png()
      .toBuffer(),
  );
  const data = await open("odd", { channels: 3 });
  expect(bytesOf(data, 0)[0]).toBeGreaterThan(250);
  const blue = bytesOf(data, 1);
  expect(blue[0]).toBeGreaterThan(200);
  expect(blue[255]).toBeLessThan(60);
  expect(bytesOf(data, 2)[0]).toBeCloseTo(128, -1);
});

test("the cache goes by content: touching keeps it, another picture makes another", async () => {
  const path = put(join(root, "content/a.png"), await picture("png"));
  put(join(root, "content/b.png"), await picture("png", { seed: 5 }));
  const first = await open("content");
  utimesSync(path, 1, 1);
  expect((await open("content")).cachePath).toBe(first.cachePath);
  put(path, await picture("png", { seed: 6 }));
  const changed = await open("content");
  expect(changed.cachePath).not.toBe(first.cachePath);
  expect(changed.fingerprint).not.toBe(first.fingerprint);
});

test("links are followed, circles of links end", async () => {
  put(join(root, "links/a/x.png"), await picture("png"));
  put(join(root, "elsewhere/y.png"), await picture("png", { seed: 3 }));
  symlinkSync(join(root, "links"), join(root, "links/a/up"));
  symlinkSync(join(root, "elsewhere"), join(root, "links/b"));
  symlinkSync(join(root, "nowhere"), join(root, "links/dangling.png"));
  const data = await open("links");
  expect([data.count, data.classes]).toEqual([2, ["a", "b"]]);
});
