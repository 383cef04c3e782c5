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

test("a GIF has every frame, with its colours and its delay", async () => {
  const size = 4;
  const shades = [-1, -0.5, 0.25, 1];
  const film = picturesOf(
    Float32Array.from({ length: shades.length * size * size }, (_, i) => {
      return shades[Math.floor(i / (size * size))] as number;
    }),
    1,
    size,
  );
  const gif = sharp(gifOf(film, 100), { animated: true });
  expect(await gif.metadata()).toMatchObject({
    format: "gif",
    pages: 4,
    width: size,
    pageHeight: size,
    delay: [100, 100, 100, 100],
    loop: 0,
  });
  const { data, info } = await gif.raw().toBuffer({ resolveWithObject: true });
  for (const [n, shade] of shades.entries()) {
    const got = data[n * size * size * info.channels] as number;
    expect(Math.abs(got - (shade + 1) * 127.5)).toBeLessThan(4);
  }
});
