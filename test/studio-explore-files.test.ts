import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { openData } from "../src/data/index.ts";
import { readImageFile } from "../src/studio/explore/image-file.ts";
import {
  apart,
  choice,
  colour,
  cwd,
  digits,
  drawn,
  expected,
  expectGrid,
  generator,
  grid,
  imagesOfGrid,
  open,
  opened,
  page,
  pixels,
  pointsOf,
  press,
  section,
  site,
  unfinished,
} from "./support/explorer.ts";
import { asFile, downloaded, give } from "./support/studio-page.ts";

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
