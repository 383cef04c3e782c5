import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openData } from "../src/data/index.ts";
import { type ImageFile, readImageFile } from "../src/studio/explore/image-file.ts";
import { type LatentPoint, pointOnPath, stacked } from "../src/studio/explore/path.ts";
import { picturesOf } from "../src/studio/explore/pictures.ts";
import { type Corners, pointOnPlane } from "../src/studio/explore/plane.ts";
import { type SampleOptions, sampleInputs } from "../src/train/loop/sample-inputs.ts";
import { buildProgram, gansmith, pictureFolder, tinyGame } from "./support/cli.ts";
import { temporaryFolder } from "./support/picture-files.ts";
import { serveFolders } from "./support/static-server.ts";
import { type ServedStudio, serveStudio } from "./support/studio.ts";
import { asFile, downloaded, expectOpenToAll, give, studioPages } from "./support/studio-page.ts";

/** The part of the page's canvas that is asked for. */
interface DrawnCanvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: "2d"): {
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
  };
}

const root = join(import.meta.dirname, "..");
const cwd = temporaryFolder();
const runs = join(cwd, "runs");
const pages = studioPages();
let studio: ServedStudio;
let site: Awaited<ReturnType<typeof serveFolders>>;
let page: Page;

/** A generator of digits by class, one of small colour pictures, and a run that has none yet. */
const [digits, colour, unfinished] = ["00001-dcgan", "00002-mlp", "00003-mlp"];

beforeAll(async () => {
  buildProgram();
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
  site = await serveFolders({
    "/": join(root, "dist", "studio", "web"),
    "/ort/": join(root, "node_modules", "onnxruntime-web", "dist"),
  });
}, 300_000);
afterAll(async () => {
  await studio?.end();
  await site?.close();
});

/** The explorer with a run of the server, or with what it shows by itself. */
async function open(id = "", base = studio.base, look: Parameters<typeof pages.open>[1] = {}) {
  page = await pages.open(`${base}/#/explore${id && `?id=${id}`}`, look);
  await opened(id || /demo/);
}
const opened = (name: string | RegExp) =>
  page.locator("h2[data-source]").filter({ hasText: name }).waitFor();
const section = (name: string) => page.getByRole("region", { name, exact: true });
const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
const choice = (name: string) => page.getByRole("combobox", { name, exact: true });
const imagesOfGrid = () => section("Images of a seed").locator(".grid button");

/** A canvas as bytes [size, size, 4]. */
async function pixels(canvas: ReturnType<Page["locator"]>): Promise<Uint8Array> {
  const text = await canvas.evaluate((element) => {
    const canvas = element as unknown as DrawnCanvas;
    const { width, height } = canvas;
    return Array.from(canvas.getContext("2d").getImageData(0, 0, width, height).data).join();
  });
  return Uint8Array.from(text.split(",").map(Number));
}
const grid = async () =>
  Promise.all((await imagesOfGrid().locator("canvas").all()).map((canvas) => pixels(canvas)));

/** How far apart two pictures are: the largest difference of a value from 0 to 255. */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] as number))), 0);
}

/** The points that a seed stands for. */
function pointsOf({ latent, classes }: ImageFile, n: number, seed: number, more: SampleOptions) {
  const shape = { latent, classes: classes.length };
  const [inputs] = sampleInputs(shape, n, seed, { chunk: n, ...more });
  const { z, labels } = inputs as { z: Float32Array; labels: Int32Array };
  return Array.from({ length: n }, (_, i): LatentPoint => {
    return { z: z.slice(i * latent, (i + 1) * latent), label: labels[i] as number };
  });
}

/** What ONNX Runtime in Node.js draws at points with an ONNX file. */
async function drawn(bytes: Uint8Array, points: readonly LatentPoint[]) {
  const { latent, classes, channels, size } = readImageFile(bytes);
  const session = await InferenceSession.create(bytes);
  const labels = Int32Array.from(points, ({ label = 0 }) => label);
  const { images } = await session.run({
    z: new Tensor("float32", stacked(points), [points.length, latent]),
    ...(classes.length > 0 && { labels: new Tensor("int32", labels, [points.length]) }),
  });
  return picturesOf(images?.data as Float32Array, channels, size).rgba;
}
const generator = (id: string) => readFileSync(join(runs, id, "generator.onnx"));
/** The grid of a run as it must be. */
const expected = (id: string, n = 16, seed = 0, more: SampleOptions = {}) => {
  const bytes = generator(id);
  return drawn(bytes, pointsOf(readImageFile(bytes), n, seed, more));
};
/** Waits until the page's grid is `wanted`, up to the rounding of f32. */
async function expectGrid(wanted: readonly ArrayLike<number>[], most = 1) {
  await expect.poll(() => imagesOfGrid().count(), { timeout: 30_000 }).toBe(wanted.length);
  const far = async () => {
    const shown = await grid();
    return Math.max(...shown.map((picture, i) => apart(picture, wanted[i] ?? [])));
  };
  await expect.poll(far, { timeout: 30_000 }).toBeLessThanOrEqual(most);
}

test("a run of the list: a seed gives the images that Node.js draws, another seed others", async () => {
  await open();
  const list = choice("a run");
  await expect.poll(() => list.locator("option").count()).toBe(4);
  await list.selectOption(digits);
  await opened(digits);
  expect(page.url()).toContain(`#/explore?id=${digits}`);
  const first = await expected(digits);
  await expectGrid(first);
  await press("Next seed");
  const second = await expected(digits, 16, 1);
  await expectGrid(second);
  expect(apart(first[0] as Uint8ClampedArray, second[0] as Uint8ClampedArray)).toBeGreaterThan(20);
  await page.getByLabel("seed", { exact: true }).fill("0");
  await page.getByLabel("seed", { exact: true }).press("Enter");
  await expectGrid(first);
  await choice("images").selectOption("36");
  await expectGrid(await expected(digits, 36));
});

test("the images of the page are those of `gansmith sample`", async () => {
  await open(colour);
  const sample = ["sample", join(runs, colour), "--seed", "5", "--n", "16", "--out", "pictures-5"];
  expect((await gansmith(cwd, sample)).code).toBe(0);
  await page.getByLabel("seed", { exact: true }).fill("5");
  await page.getByLabel("seed", { exact: true }).press("Enter");
  const names = readdirSync(join(cwd, "pictures-5")).sort();
  const files = await Promise.all(
    names.map((name) =>
      sharp(join(cwd, "pictures-5", name))
        .ensureAlpha()
        .raw()
        .toBuffer(),
    ),
  );
  await expectGrid(files);
  expect(await choice("class").count()).toBe(0);
});

test("classes and truncation", async () => {
  await open(digits);
  await choice("class").selectOption("7");
  await expectGrid(await expected(digits, 16, 0, { label: 7 }));
  expect(await imagesOfGrid().first().getAttribute("aria-label")).toBe("image 1, 7");
  await page.getByRole("slider", { name: /^truncation/ }).fill("0.5");
  await expectGrid(await expected(digits, 16, 0, { label: 7, truncation: 0.5 }));
  await choice("class").selectOption("one after the other");
  await expectGrid(await expected(digits, 16, 0, { truncation: 0.5 }));
});

test("a path along chosen images goes by the great circle, plays, and loses what is removed", async () => {
  await open(digits);
  await expectGrid(await expected(digits));
  const bytes = generator(digits);
  const points = pointsOf(readImageFile(bytes), 16, 0, {});
  const picks = [points[2], points[9], points[4]] as LatentPoint[];
  for (const i of [2, 9, 4]) await imagesOfGrid().nth(i).click();
  expect(await imagesOfGrid().nth(9).getAttribute("aria-pressed")).toBe("true");
  const path = section("Path");
  const live = path.getByRole("img", { name: "image on the path" });
  for (const position of [0.1, 0.5, 0.85]) {
    await path.getByRole("slider").fill(String(position));
    const [wanted] = await drawn(bytes, [pointOnPath(picks, position)]);
    const far = async () => apart(await pixels(live), wanted as Uint8ClampedArray);
    await expect.poll(far).toBeLessThanOrEqual(1);
    await expect
      .poll(async () =>
        apart(await pixels(section("Image in focus").locator("canvas")), wanted ?? []),
      )
      .toBeLessThanOrEqual(1);
  }
  const position = async () => Number(await path.getAttribute("data-position"));
  await press("Play");
  await expect.poll(position).toBeGreaterThan(0.9);
  await press("Pause");
  const rest = await position();
  await page.waitForTimeout(200);
  expect(await position()).toBe(rest);
  await press("Remove point 2");
  await expect.poll(() => path.locator("li").count()).toBe(2);
  expect(await imagesOfGrid().nth(9).getAttribute("aria-pressed")).toBe("false");
  await imagesOfGrid().nth(2).click();
  await path.getByText("Pick two images or more").waitFor();
});

test("one moves in the plane through three images, by mouse and by keyboard", async () => {
  await open(digits);
  await expectGrid(await expected(digits));
  await section("Plane").getByText("Pick three images").waitFor();
  const bytes = generator(digits);
  const points = pointsOf(readImageFile(bytes), 16, 0, {});
  const corners = [points[0], points[5], points[11]] as unknown as Corners;
  for (const i of [0, 5, 11]) await imagesOfGrid().nth(i).click();
  const live = section("Plane").getByRole("img", { name: "image on the plane" });
  const plane = page.getByRole("application");
  const place = async () =>
    ((await section("Plane").getAttribute("data-place")) ?? "").split(",").map(Number);
  const expectThere = async (where: readonly [number, number], most: number) => {
    const [wanted] = await drawn(bytes, [pointOnPlane(corners, where)]);
    const far = async () => apart(await pixels(live), wanted as Uint8ClampedArray);
    await expect.poll(far).toBeLessThanOrEqual(most);
  };
  await expectThere([0, 0], 1);

  await plane.scrollIntoViewIfNeeded();
  const box = await plane.boundingBox();
  if (!box) throw new Error("the plane is not to be seen");
  expect(box.width).toBeGreaterThan(150);
  await page.mouse.move(box.x + 0.75 * box.width, box.y + 0.25 * box.height);
  await page.mouse.down();
  const right = (await place()) as [number, number];
  expect(right[0]).toBeCloseTo(0.8, 1);
  expect(right[1]).toBeCloseTo(0.8, 1);
  // The address of the place is rounded.
  await expectThere(right, 3);
  await page.mouse.move(box.x + 0.25 * box.width, box.y + 0.5 * box.height, { steps: 4 });
  await page.mouse.up();
  const left = (await place()) as [number, number];
  expect(left[0]).toBeCloseTo(-0.8, 1);
  expect(left[1]).toBeCloseTo(0, 1);
  await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.9 * box.height);
  expect(await place()).toEqual(left);
  await expectThere(left, 3);

  await plane.focus();
  await page.keyboard.press("Home");
  expect(await place()).toEqual([0, 0]);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+ArrowUp");
  expect(await place()).toEqual([-0.05, 0.25]);
  await expectThere([-0.05, 0.25], 1);
  expect(await plane.getAttribute("aria-label")).toContain("50 %, 28 %, 22 %");
  for (let i = 0; i < 20; i++) await page.keyboard.press("Shift+ArrowRight");
  expect(await place()).toEqual([1.6, 0.25]);
});

/** The six pictures of a list of neighbours with their distances. */
async function neighbours() {
  const items = section("Nearest real images").locator("li");
  await expect.poll(() => items.count(), { timeout: 60_000 }).toBe(6);
  return Promise.all(
    (await items.all()).map(async (item) => ({
      name: (await item.getAttribute("title")) ?? "",
      distance: Number(await item.locator(".distance").textContent()),
      picture: await pixels(item.locator("canvas")),
    })),
  );
}

test("the nearest among all training images of an installed package", async () => {
  await open(digits);
  await expectGrid(await expected(digits));
  await press("Take the training images of mnist");
  await section("Nearest real images").getByText("among 60,000").waitFor({ timeout: 60_000 });
  const focus = await pixels(section("Image in focus").locator("canvas"));
  const found = await neighbours();

  const data = await openData({ name: "mnist" }, { size: 28, channels: 1, split: "train" });
  const pixelsOf = new Float32Array(28 * 28);
  const all = Array.from({ length: data.count }, (_, i) => {
    data.read([i], pixelsOf);
    const sum = pixelsOf.reduce((total, x, k) => {
      return total + (Math.round((x + 1) * 127.5) - (focus[4 * k] as number)) ** 2;
    }, 0);
    return { name: `mnist ${i} (${data.labelOf(i)})`, distance: Math.sqrt(sum / (28 * 28)) };
  });
  data.close();
  all.sort((a, b) => a.distance - b.distance);
  expect(found.map(({ name }) => name)).toEqual(all.slice(0, 6).map(({ name }) => name));
  for (const [i, { distance, picture }] of found.entries()) {
    expect(distance).toBeCloseTo(all[i]?.distance as number, 0);
    const sum = picture.reduce((total, x, k) => total + (x - (focus[k] as number)) ** 2, 0);
    expect(Math.sqrt(sum / (3 * 28 * 28))).toBeCloseTo(all[i]?.distance as number, 4);
  }
  // They follow the image in focus.
  await imagesOfGrid().nth(5).click();
  const names = async () => (await neighbours()).map(({ name }) => name).join();
  await expect.poll(names).not.toBe(found.map(({ name }) => name).join());
  // Training images of one generator say nothing of another.
  await choice("a run").selectOption(colour);
  await opened(colour);
  await expect.poll(() => section("Nearest real images").locator("li").count()).toBe(0);
});

test("the nearest among pictures of one's own, in colour; what is no picture is named", async () => {
  await open(colour);
  await expectGrid(await expected(colour));
  const names = readdirSync(join(cwd, "pictures", "even"));
  const files = names.map((name) =>
    asFile(name, readFileSync(join(cwd, "pictures", "even", name))),
  );
  // A picture that the generator made itself is nearest to itself.
  const focus = await pixels(section("Image in focus").locator("canvas"));
  const own = await sharp(focus, { raw: { width: 8, height: 8, channels: 4 } })
    .png()
    .toBuffer();
  const broken = asFile("notes.png", Buffer.from("no picture"));
  await give(page, "Give real images", [...files, asFile("made.png", own), broken]);
  const found = await neighbours();
  expect(found[0]).toMatchObject({ name: "made.png", distance: 0 });
  expect(names).toContain(found[1]?.name);
  const alert = section("Nearest real images").getByRole("alert");
  expect(await alert.textContent()).toBe(
    "These are no pictures that this browser can read: notes.png.",
  );
});

test("PNG, GIF and ONNX files open elsewhere, and hold what the page shows", async () => {
  await open(digits);
  const wanted = await expected(digits);
  await expectGrid(wanted);
  for (const i of [3, 8, 12]) await imagesOfGrid().nth(i).click();

  await imagesOfGrid().nth(15).click();
  const focus = await pixels(section("Image in focus").locator("canvas"));
  const one = await downloaded(page, "Save as PNG");
  expect(one.name).toBe("image.png");
  const png = await sharp(one.bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  expect(png.info).toMatchObject({ width: 56, height: 56 });
  const small = await sharp(one.bytes)
    .resize(28, 28, { kernel: "nearest" })
    .ensureAlpha()
    .raw()
    .toBuffer();
  expect(apart(small, focus)).toBe(0);

  const all = await downloaded(page, "Save the grid as PNG");
  expect(all.name).toBe("grid-0.png");
  expect(await sharp(all.bytes).metadata()).toMatchObject({ width: 224, height: 224 });
  const last = await sharp(all.bytes)
    .extract({ left: 168, top: 168, width: 56, height: 56 })
    .ensureAlpha()
    .raw()
    .toBuffer();
  expect(apart(last, png.data)).toBe(0);

  await press("Remove point 4");
  const film = await downloaded(page, "Save as GIF");
  expect(film.name).toBe("path.gif");
  const gif = sharp(film.bytes, { animated: true });
  // Two legs of 15 frames, there and back.
  expect(await gif.metadata()).toMatchObject({
    format: "gif",
    pages: 60,
    pageHeight: 140,
    loop: 0,
  });
  const frames = await gif.ensureAlpha().raw().toBuffer();
  for (const [frame, i] of [
    [0, 3],
    [15, 8],
    [30, 12],
    [45, 8],
  ] as const) {
    const middle = (y: number, x: number) => ((frame * 140 + 5 * y + 2) * 140 + 5 * x + 2) * 4;
    const red = Array.from({ length: 28 * 28 }, (_, k) => {
      return frames[middle(Math.floor(k / 28), k % 28)] as number;
    });
    const original = red.map((_, k) => wanted[i]?.[4 * k] as number);
    expect(apart(red, original)).toBeLessThanOrEqual(1);
  }

  const onnx = await downloaded(page, "Save the ONNX file");
  expect(onnx.name).toBe("generator.onnx");
  const file = readImageFile(onnx.bytes);
  expect(file).toMatchObject({ latent: 8, channels: 1, size: 28, about: { data: "mnist" } });
  const again = await drawn(onnx.bytes, pointsOf(file, 16, 0, {}));
  await expectGrid(again);
});

test("without a server: the demo, and an ONNX file given or dropped", async () => {
  await open("", site.url);
  expect(await choice("a run").count()).toBe(0);
  await expect.poll(() => imagesOfGrid().count()).toBe(16);
  const demo = await grid();
  const ink = (picture: Uint8Array) => picture.filter((x, i) => i % 4 === 0 && x > 128).length;
  expect(demo.every((picture) => ink(picture) > 20 && ink(picture) < 400)).toBe(true);
  await give(page, "Open a file", [asFile("mine.onnx", generator(colour))]);
  await opened("mine.onnx");
  await expectGrid(await expected(colour));
  await page.evaluate(`(() => {
    const text = atob("${generator(digits).toString("base64")}");
    const dataTransfer = new DataTransfer();
    const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
    dataTransfer.items.add(new File([bytes], "dropped.onnx"));
    const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
    document.querySelector(".source").dispatchEvent(event);
  })()`);
  await opened("dropped.onnx");
  await expectGrid(await expected(digits));
});

test("what is no generator of images is refused with one sentence, and the one before stays", async () => {
  await open(colour);
  const wanted = await expected(colour);
  await expectGrid(wanted);
  const alert = page.locator("main > .problem");
  const says = (text: RegExp) =>
    expect.poll(() => alert.textContent().catch(() => ""), { timeout: 20_000 }).toMatch(text);
  await give(page, "Open a file", [asFile("notes.onnx", Buffer.from("no model at all"))]);
  await says(/^notes\.onnx: [^\n]+\.$/);
  await choice("a run").selectOption(unfinished);
  await says(/^00003-mlp has no generator\.onnx yet: [^\n]+\.$/);
  await expectGrid(wanted);
  await press("Next seed");
  await expectGrid(await expected(colour, 16, 1));
  expect(await alert.count()).toBe(0);
});

test("WebGPU draws the same images", async () => {
  await open(digits);
  await choice("runs on").selectOption("webgpu");
  await press("Next seed");
  await expectGrid(await expected(digits, 16, 1), 2);
});

test("the whole page is there in Chinese", async () => {
  await open(digits);
  await press("中文");
  expect(await page.locator("h1").textContent()).toBe("隐空间探索");
  expect(await page.getByRole("region", { name: "最相近的真实图像" }).count()).toBe(1);
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [360, 1440]) {
    test(`no serious fault of access, no sideways scrolling: ${colorScheme}, ${width} pixels`, async () => {
      await open(digits, studio.base, { viewport: { width, height: 900 }, colorScheme });
      for (const i of [0, 5, 11]) await imagesOfGrid().nth(i).click();
      await page.getByRole("application").waitFor();
      const [first] = readdirSync(join(cwd, "pictures", "odd"));
      const path = join(cwd, "pictures", "odd", first as string);
      await give(page, "Give real images", [asFile("1.png", readFileSync(path))]);
      await section("Nearest real images").locator("li").first().waitFor();
      await expectOpenToAll(page);
    });
  }
}
