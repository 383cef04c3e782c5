import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { readImageFile } from "../src/studio/explore/image-file.ts";
import { type LatentPoint, pointOnPath } from "../src/studio/explore/path.ts";
import { type Corners, pointOnPlane } from "../src/studio/explore/plane.ts";
import { gansmith } from "./support/cli.ts";
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
  imagesOfGrid,
  open,
  opened,
  page,
  pixels,
  pointsOf,
  press,
  runs,
  section,
  studio,
} from "./support/explorer.ts";
import { asFile, expectOpenToAll, give } from "./support/studio-page.ts";

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
