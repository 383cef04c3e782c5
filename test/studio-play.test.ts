import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { toys } from "../src/data/toys/registry.ts";
import { cpuBackend } from "../src/runtime/index.ts";
import { decodePlay } from "../src/studio/play/save-file.ts";
import type { PlayPage } from "./browser/play-page.ts";
import { launchChromium } from "./support/chromium.ts";
import { playLosses } from "./support/play-losses.ts";
import { type Site, servePages } from "./support/static-server.ts";

declare const playPage: PlayPage;

const own = mkdtempSync(join(tmpdir(), "gansmith-play-"));
const problems: string[] = [];
let browser: Browser;
let server: Site;
let page: Page;

beforeAll(async () => {
  await build({
    configFile: false,
    root: join(import.meta.dirname, "browser"),
    logLevel: "error",
    base: "./",
    build: {
      outDir: own,
      emptyOutDir: true,
      target: "es2023",
      minify: false,
      rolldownOptions: { input: join(import.meta.dirname, "browser", "play.html") },
    },
  });
  server = await servePages({ "/test/": own });
  browser = await launchChromium();
});
afterEach(async () => {
  await page?.close();
  expect(problems).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(own, { recursive: true, force: true });
});

/** The playground with a link's query, its first picture there. */
async function open(query = "", { width = 1280, height = 900, scheme = "light" as const } = {}) {
  page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme, locale: "en" });
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(`${server.url}/#/play${query && `?${query}`}`);
  await page.waitForSelector('output[data-iteration="0"]');
  await page.waitForSelector("li:has-text('JS')");
  return page;
}
const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
const iteration = async () =>
  Number(await page.locator("output[data-iteration]").getAttribute("data-iteration"));
const reached = (n: number) =>
  page.waitForFunction(
    `document.querySelector("output[data-iteration]")?.dataset.iteration >= ${n}`,
    undefined,
    { timeout: 60_000 },
  );
/** A picture of the plane as it is on the canvas. */
const picture = () => page.evaluate<string>(`document.querySelector(".plane canvas").toDataURL()`);

const small = "generator.width=16&generator.layers=1&discriminator.width=16&batch=64";

test("plays, pauses, begins anew", async () => {
  await open(small);
  await press("Play");
  await reached(20);
  await press("Pause");
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  const stood = await iteration();
  await page.waitForTimeout(300);
  expect(await iteration()).toBe(stood);
  await press("Start anew");
  await page.waitForSelector('output[data-iteration="0"]');
});

test("one step at a time, of both players or of one", async () => {
  await open(small);
  for (const [i, name] of ["One step", "Only D", "Only G"].entries()) {
    const before = await picture();
    await press(name);
    await reached(i + 1);
    await expect.poll(picture).not.toBe(before);
  }
  expect(await iteration()).toBe(3);
});

test("slow motion numbers its sub-steps and moves the players where it says so", async () => {
  await open(small);
  await press("Slow motion");
  const steps = page.locator("ol li");
  await steps.first().waitFor();
  expect(await steps.count()).toBe(11);
  for (let i = 0; i < 11; i++) await press("Next");
  await reached(2);
  const texts = await steps.allTextContents();
  expect(texts[0]).toContain("noise");
  expect(texts.at(-1)).toContain("follow the arrows");
  expect(await page.locator("g.lit").count()).toBeGreaterThan(0);
});

test("every distribution can be chosen, and its points are shown", async () => {
  await open(small);
  const names = toys.map(({ name }) => name).filter((name) => name !== "drawing");
  const buttons = page.locator(".picker button");
  expect(await buttons.count()).toBe(names.length + 1);
  for (let i = 0; i < names.length + 1; i++) {
    if ((await buttons.nth(i).textContent())?.includes("drawing")) continue;
    const before = await picture();
    await buttons.nth(i).click();
    if ((await buttons.nth(i).getAttribute("aria-pressed")) === "false")
      await page.waitForTimeout(50);
    await expect.poll(() => buttons.nth(i).getAttribute("aria-pressed")).toBe("true");
    if (!(await page.url()).endsWith(small)) await expect.poll(picture).not.toBe(before);
  }
});

test("one draws a distribution by pointer or by keys, and trains on it", async () => {
  await open(small);
  await page.locator(".picker button", { hasText: "your drawing" }).click();
  const box = await page.locator(".plane canvas").boundingBox();
  if (!box) throw new Error("no canvas");
  await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.5 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.7 * box.width, box.y + 0.5 * box.height, { steps: 12 });
  await page.mouse.up();
  await page.locator(".plane canvas").focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press(" ");
  await press("Play");
  await reached(10);
  expect(decodeURIComponent(page.url())).toMatch(/data=drawing.*points=[-\d.]{20,}/);
});

test("each layer of the picture changes it", async () => {
  await open("average=0&data=gaussians");
  await press("One step");
  await reached(1);
  await page.waitForTimeout(200);
  const boxes = page.locator(".layers input[type=checkbox]");
  expect(await boxes.count()).toBe(7);
  for (let i = 0; i < 7; i++) {
    const before = await picture();
    await boxes.nth(i).click();
    await expect.poll(picture).not.toBe(before);
  }
});

test("the manifold morphs from noise to what G makes of it", async () => {
  await open(small);
  await page.getByRole("slider").fill("0");
  const noise = await picture();
  await page.getByRole("slider").fill("1");
  await expect.poll(picture).not.toBe(noise);
});

test("noise of one or two numbers, uniform or Gaussian", async () => {
  await open(small);
  const noise = page.locator("label", { hasText: "numbers, uniform" }).locator("select");
  for (const value of ["1.uniform", "1.normal", "2.uniform", "2.normal"]) {
    await noise.selectOption(value);
    await page.waitForSelector('output[data-iteration="0"]');
    await press("One step");
    await reached(1);
  }
});

test("layers, width, rate, optimizer, updates of each player; every loss; penalties, packing", async () => {
  await open(small);
  for (const player of ["Generator", "Discriminator"]) {
    const group = page.getByRole("group", { name: player });
    await group.getByLabel("hidden layers").fill("2");
    await group.getByLabel("hidden layers").press("Tab");
    await group.getByLabel("units in each").fill("12");
    await group.getByLabel("units in each").press("Tab");
    await group.getByLabel("learning rate").selectOption("0.03");
    await group.getByLabel("optimizer").selectOption("sgd");
    await group.getByLabel("updates an iteration").fill("2");
    await group.getByLabel("updates an iteration").press("Tab");
  }
  await press("One step");
  await reached(1);
  const loss = page.locator(".settings").getByLabel("loss", { exact: true });
  for (const value of await loss.locator("option").allTextContents()) {
    await loss.selectOption(value);
    const at = await iteration();
    await press("One step");
    await reached(at + 1);
  }
  for (const name of ["R1: slope at real points", "R2: slope at made points", "gradient penalty"]) {
    await page.locator(".settings").getByLabel(name).selectOption("1");
    const at = await iteration();
    await press("One step");
    await reached(at + 1);
  }
  await page.getByLabel("points judged at a time (packing)").selectOption("2");
  await page.waitForSelector('output[data-iteration="0"]');
  await press("One step");
  await reached(1);
  const query = new URLSearchParams(page.url().split("?")[1]);
  expect(query.get("pack")).toBe("2");
  expect(query.get("generator.width")).toBe("12");
});

test("scores say how far the points are, beside what two real sets give", async () => {
  await open();
  await press("Play");
  await page.waitForSelector("[data-score=modes]:has-text('8 of 8 modes')", { timeout: 60_000 });
  expect(await page.locator("li", { hasText: "real against real: 0.002" }).count()).toBe(1);
  expect(await page.locator(".u-wrap").count()).toBe(2);
});

test("a trained pair to begin with", async () => {
  await open();
  const before = await page.locator("[data-score=modes]").textContent();
  await page.getByLabel("begin with a trained pair").check();
  await expect.poll(() => page.locator("[data-score=modes]").textContent()).not.toBe(before);
  await expect
    .poll(() => page.locator("[data-score=modes]").textContent())
    .toContain("8 of 8 modes");
  await press("One step");
});

test("a game is saved to a file and goes on from it", async () => {
  await open(small);
  await press("Play");
  await reached(12);
  const [download] = await Promise.all([page.waitForEvent("download"), press("Save")]);
  const path = await download.path();
  const saved = decodePlay(readFileSync(path));
  const stood = saved.loop.step;
  expect(stood).toBeGreaterThanOrEqual(12);
  await press("Start anew");
  await page.waitForSelector('output[data-iteration="0"]');
  await page.locator("input[type=file]").setInputFiles(path);
  await reached(stood);
  expect(await iteration()).toBe(stood);
  await press("One step");
  await reached(stood + 1);
});

test("a file that is no game is refused with one sentence", async () => {
  await open(small);
  const wrong = { name: "x.safetensors", mimeType: "", buffer: Buffer.from("not a game") };
  await page.locator("input[type=file]").setInputFiles(wrong);
  expect(await page.getByRole("alert").textContent()).toMatch(/bytes/);
});

test("a link that asks for what there is not says so and shows the default game", async () => {
  await open("data=rings");
  expect(await page.getByRole("alert").textContent()).toContain('unknown distribution "rings"');
});

test("the portrait of the Dirac-GAN answers to its rules", async () => {
  await open(small);
  const end = page.getByText(/ends .* from the middle/);
  await expect.poll(() => end.textContent()).toMatch(/ends 1\.\d/);
  const card = page.locator("section", { hasText: "Dirac-GAN" }).last();
  await card.getByLabel("R1").selectOption("1");
  await expect.poll(() => end.textContent()).toMatch(/ends .*e-/);
});

test("the whole page is there in Chinese", async () => {
  await open(small);
  await press("中文");
  expect(await page.locator("h1").textContent()).toBe("看博弈如何进行");
  expect(await page.evaluate("document.documentElement.lang")).toBe("zh-CN");
});

for (const scheme of ["light", "dark"] as const) {
  for (const width of [360, 1440]) {
    test(`no serious fault of access, no sideways scrolling: ${scheme}, ${width} pixels`, async () => {
      await open(small, { width, scheme: scheme as "light" });
      await page.evaluate(axe.source);
      const faults = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
        const { violations } = await axe.run();
        return violations
          .filter((v) => v.impact === "serious" || v.impact === "critical")
          .map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" | ")}`);
      });
      expect(faults).toEqual([]);
      const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
      expect(wide).toBeLessThanOrEqual(width);
    });
  }
}

test("the keyboard reaches and plays the game", async () => {
  await open(small);
  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement?.textContent?.trim()")).toBe(
    "Skip to the page",
  );
  await page.keyboard.press("Enter");
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    if ((await page.evaluate("document.activeElement?.textContent?.trim()")) === "Play") break;
  }
  await page.keyboard.press("Enter");
  await reached(5);
});

test("WebGPU plays the same game", async () => {
  await open(small);
  await page.getByLabel("runs on").selectOption("webgpu");
  await page.waitForSelector('output[data-iteration="0"]');
  await press("One step");
  await reached(1);
});

test("the same link gives the same losses in Node and in the page", async () => {
  page = await browser.newPage();
  await page.goto(`${server.url}/test/play.html`);
  await page.waitForFunction("globalThis.playPage");
  const query = "data=gaussians&seed=3";
  const steps = 200;
  const here = await playLosses(cpuBackend({ threads: 1 }), query, steps);
  const there = await page.evaluate(([q, n]) => playPage.losses("wasm", q as string, n as number), [
    query,
    steps,
  ] as const);
  const worst = Math.max(...here.map((x, i) => Math.abs(x - (there[i] as number))));
  expect(here).toHaveLength(2 * steps);
  // f32 rounds otherwise there, and a game makes small differences larger.
  expect(worst).toBeLessThan(5e-3);
});
