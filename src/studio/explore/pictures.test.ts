import sharp from "sharp";
import { expect, test } from "vitest";
import { enlarged, gifOf, picturesOf, planesOf } from "./pictures.ts";

test("grey becomes RGB, colour stays apart, values are rounded and clamped", () => {
  const grey = picturesOf(Float32Array.of(-1, 1, 0, 1.7), 1, 1);
  expect(grey.rgba.map((p) => [...p])).toEqual([
    [0, 0, 0, 255],
    [255, 255, 255, 255],
    [128, 128, 128, 255],
    [255, 255, 255, 255],
  ]);
  const colour = picturesOf(Float32Array.of(-1, 1, 0, 0.5, 1, -2), 3, 1);
  expect(colour.rgba.map((p) => [...p])).toEqual([
    [0, 255, 128, 255],
    [191, 255, 0, 255],
  ]);
});

test("a picture has the planes that it was made of", () => {
  const colour = Float32Array.of(-1, 1, 0, 0.5, 1, -1, 0, 1, -1, 0, 1, -1);
  const [rgba] = picturesOf(colour, 3, 2).rgba as [Uint8ClampedArray];
  const bytes = [...colour].map((x) => Math.round((x + 1) * 127.5));
  expect([...planesOf(rgba, 3)]).toEqual(bytes);
  expect([...planesOf(rgba, 1)]).toEqual(bytes.slice(0, 4));
});

test("every pixel becomes a square", () => {
  const two = Uint8ClampedArray.from([1, 2, 3, 4].flatMap((v) => [v, v, v, 255]));
  const red = [...enlarged(two, 2, 2)].filter((_, i) => i % 4 === 0);
  expect(red).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
});

/** The frames of a GIF, each as RGB bytes. */
async function framesOf(gif: Uint8Array) {
  const decoded = sharp(gif, { animated: true });
  const { pages = 0 } = await decoded.metadata();
  const { data, info } = await decoded.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(3);
  return Array.from({ length: pages }, (_, i) => {
    return data.subarray((i * data.length) / pages, ((i + 1) * data.length) / pages);
  });
}
const rgb = (rgba: Uint8ClampedArray) => [...rgba].filter((_, i) => i % 4 !== 3);

test("a grey GIF has every frame exactly, with its delay", async () => {
  const size = 16;
  // Every shade of grey in the first, one alone in the last.
  const shades = [(i: number) => i / 127.5 - 1, (i: number) => (i % 7) / 3.5 - 1, () => 0.25];
  const images = shades.flatMap((shade) => Array.from({ length: size * size }, (_, i) => shade(i)));
  const film = picturesOf(Float32Array.from(images), 1, size);
  const gif = gifOf(film, 100);
  expect(await sharp(gif, { animated: true }).metadata()).toMatchObject({
    ...{ format: "gif", pages: 3, width: size, pageHeight: size, delay: [100, 100, 100], loop: 0 },
  });
  const frames = await framesOf(gif);
  expect(frames.map((frame) => [...frame])).toEqual(film.rgba.map(rgb));
});

test("a GIF of more colours than 256 comes near to them", async () => {
  const size = 32;
  const area = size * size;
  const planes = Float32Array.from({ length: 3 * area }, (_, i) => {
    const [c, x, y] = [Math.floor(i / area), i % size, Math.floor(i / size) % size];
    return [x / 15.5 - 1, y / 15.5 - 1, (x + y) / 31 - 1][c] as number;
  });
  const film = picturesOf(planes, 3, size);
  const [frame] = await framesOf(gifOf(film, 100));
  const wanted = rgb(film.rgba[0] as Uint8ClampedArray);
  const mean = wanted.reduce((sum, v, i) => sum + Math.abs(v - (frame?.[i] as number)), 0);
  expect(mean / wanted.length).toBeLessThan(8);
});
