import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { type ImageFile, readImageFile } from "../../src/studio/explore/image-file.ts";
import { type LatentPoint, stacked } from "../../src/studio/explore/path.ts";
import { picturesOf } from "../../src/studio/explore/pictures.ts";
import { type SampleOptions, sampleInputs } from "../../src/train/loop/sample-inputs.ts";
import { gansmith, pictureFolder, tinyGame } from "./cli.ts";
import { temporaryFolder } from "./picture-files.ts";
import { type Site, servePages } from "./static-server.ts";
import { type ServedStudio, serveStudio } from "./studio.ts";
import { type DrawnCanvas, studioPages } from "./studio-page.ts";

export const cwd = temporaryFolder();
export const runs = join(cwd, "runs");
const pages = studioPages();
export let studio: ServedStudio;
export let site: Site;
export let page: Page;

/** A generator of digits by class, one of small colour pictures, and a run that has none yet. */
export const [digits, colour, unfinished] = ["00001-dcgan", "00002-mlp", "00003-mlp"];

beforeAll(async () => {
  const small = ["conditional=true", "baseChannels=4", "latent=8"].map((s) => `model.${s}`);
  const settings = [...small, "batch=16", "metrics=[]", "threads=1"];
  const game = ["dcgan", "--data", "mnist", "--size", "28"];
  const sets = settings.flatMap((s) => ["--set", s]);
  expect((await gansmith(cwd, ["train", ...game, ...sets, "--steps", "60"])).code).toBe(0);
  const tiny = tinyGame(await pictureFolder(join(cwd, "pictures")));
  expect((await gansmith(cwd, ["train", ...tiny, "--steps", "10"])).code).toBe(0);
  expect(readdirSync(runs).sort()).toEqual([digits, colour]);
  cpSync(join(runs, colour), join(runs, unfinished), { recursive: true });
  rmSync(join(runs, unfinished, "generator.onnx"));
  studio = await serveStudio(cwd);
  site = await servePages();
}, 300_000);
afterAll(async () => {
  await studio?.end();
  await site?.close();
});

/** The explorer with a run of the server, or with what it shows by itself. */
export async function open(
  id = "",
  base = studio.base,
  look: Parameters<typeof pages.open>[1] = {},
) {
  page = await pages.open(`${base}/#/explore${id && `?id=${id}`}`, look);
  await opened(id || /demo/);
}
export const opened = (name: string | RegExp) =>
  page.locator("h2[data-source]").filter({ hasText: name }).waitFor();
export const section = (name: string) => page.getByRole("region", { name, exact: true });
export const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
export const choice = (name: string) => page.getByRole("combobox", { name, exact: true });
export const imagesOfGrid = () => section("Images of a seed").locator(".grid button");

/** A canvas as bytes [size, size, 4]. */
export async function pixels(canvas: ReturnType<Page["locator"]>): Promise<Uint8Array> {
  const text = await canvas.evaluate((element) => {
    const canvas = element as unknown as DrawnCanvas;
    const { width, height } = canvas;
    return Array.from(canvas.getContext("2d").getImageData(0, 0, width, height).data).join();
  });
  return Uint8Array.from(text.split(",").map(Number));
}
export const grid = async () =>
  Promise.all((await imagesOfGrid().locator("canvas").all()).map((canvas) => pixels(canvas)));

/** How far apart two pictures are: the largest difference of a value from 0 to 255. */
export function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] as number))), 0);
}

/** The points that a seed stands for. */
export function pointsOf(
  { latent, classes }: ImageFile,
  n: number,
  seed: number,
  more: SampleOptions,
) {
  const shape = { latent, classes: classes.length };
  const [inputs] = sampleInputs(shape, n, seed, { chunk: n, ...more });
  const { z, labels } = inputs as { z: Float32Array; labels: Int32Array };
  return Array.from({ length: n }, (_, i): LatentPoint => {
    return { z: z.slice(i * latent, (i + 1) * latent), label: labels[i] as number };
  });
}

/** What ONNX Runtime in Node.js draws at points with an ONNX file. */
export async function drawn(bytes: Uint8Array, points: readonly LatentPoint[]) {
  const { latent, classes, channels, size } = readImageFile(bytes);
  const session = await InferenceSession.create(bytes);
  const labels = Int32Array.from(points, ({ label = 0 }) => label);
  const { images } = await session.run({
    z: new Tensor("float32", stacked(points), [points.length, latent]),
    ...(classes.length > 0 && { labels: new Tensor("int32", labels, [points.length]) }),
  });
  return picturesOf(images?.data as Float32Array, channels, size).rgba;
}
export const generator = (id: string) => readFileSync(join(runs, id, "generator.onnx"));
/** The grid of a run as it must be. */
export const expected = (id: string, n = 16, seed = 0, more: SampleOptions = {}) => {
  const bytes = generator(id);
  return drawn(bytes, pointsOf(readImageFile(bytes), n, seed, more));
};
/** Waits until the page's grid is `wanted`, up to the rounding of f32. */
export async function expectGrid(wanted: readonly ArrayLike<number>[], most = 1) {
  await expect.poll(() => imagesOfGrid().count(), { timeout: 30_000 }).toBe(wanted.length);
  const far = async () => {
    const shown = await grid();
    return Math.max(...shown.map((picture, i) => apart(picture, wanted[i] ?? [])));
  };
  await expect.poll(far, { timeout: 30_000 }).toBeLessThanOrEqual(most);
}
