import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tourEn } from "../src/studio/web/i18n/tour-en.ts";
import { tourZh } from "../src/studio/web/i18n/tour-zh.ts";
import { type Site, servePages } from "./support/static-server.ts";
import { expectOpenToAll, studioPages } from "./support/studio-page.ts";

const pages = studioPages();
let server: Site;
let page: Page;

beforeAll(async () => {
  server = await servePages();
});
afterAll(() => server?.close());

/** A page of the tour, from 1. */
async function open(chapter: number, look: Parameters<typeof pages.open>[1] = {}) {
  page = await pages.open(`${server.url}/#/tour?page=${chapter}`, look);
  await page.waitForSelector(chapter === 3 ? "ol li[value]" : "article .demo");
}
const press = (name: string | RegExp) => page.getByRole("button", { name, exact: true }).click();
const picture = (selector: string) =>
  page.evaluate<string>(`document.querySelector(${JSON.stringify(selector)}).toDataURL()`);
/** Moves a slider as a reader does. */
const slide = (name: RegExp, value: number) =>
  page.getByRole("slider", { name }).fill(String(value));
const shown = (selector: string) => page.locator(selector).textContent();
const number = async (selector: string) =>
  Number((await shown(selector))?.replace("−", "-").replace(/.*?(-?\d+\.\d+).*/, "$1"));
const workers = () => page.workers().filter((w) => w.url().includes("worker")).length;

test("both languages have every sentence, with the same places for values", () => {
  const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  expect(Object.keys(tourZh)).toEqual(Object.keys(tourEn));
  for (const [key, text] of Object.entries(tourEn)) {
    const other = tourZh[key as keyof typeof tourEn];
    expect(other.length, key).toBeGreaterThan(0);
    expect(places(other), key).toEqual(places(text));
  }
});

test("one leafs through six pages, forwards, backwards and by the bar; workers end with their page", async () => {
  await open(1);
  expect(await page.locator("article nav a").count()).toBe(6);
  const titles = [await shown("h1")];
  for (let i = 2; i <= 6; i++) {
    await page.locator("a[rel=next]").click();
    await page.waitForSelector(`article nav li:nth-child(${i}) a[aria-current=step]`);
    titles.push(await shown("h1"));
  }
  expect(new Set(titles).size).toBe(6);
  expect(page.url()).toContain("#/tour?page=6");
  await page.locator("a[rel=prev]").click();
  await page.locator("article nav li:nth-child(2) a").click();
  await page.waitForSelector('input[type="range"]');
  expect(await shown("h1")).toBe(titles[1]);
  expect(await page.evaluate("document.activeElement?.tagName")).toBe("H1");
  await expect.poll(workers).toBe(0);
});

test("page 1: the reader names the made cloud, then hears the discriminator", async () => {
  await open(1);
  const left = page.getByRole("button", { name: "The left one" });
  await expect.poll(() => left.isEnabled(), { timeout: 30_000 }).toBe(true);
  const before = await picture(".half canvas");
  await left.click();
  const made = await left.getAttribute("data-made");
  const verdict = (await shown(".verdict")) ?? "";
  expect(verdict).toContain(made === "true" ? "Caught!" : "It fooled you.");
  const [, real = "", fake = ""] = verdict.match(/takes (\d+) %.* and (\d+) %/) ?? [];
  expect(Number(real)).toBeLessThanOrEqual(100);
  expect(Number(fake)).toBeLessThanOrEqual(100);
  await expect.poll(() => picture(".half canvas")).not.toBe(before);
  expect(await shown("output")).toContain(`by you: ${made === "true" ? 1 : 0}`);
  await press("Next round");
  await page.waitForSelector("progress");
});

test("page 2: the terms of V, and V = 2 JS - 2 ln 2 wherever the made data are", async () => {
  await open(2);
  await slide(/to a real sample/, 0.5);
  await slide(/to a made sample/, 0.5);
  expect(await number("[data-figure=sum]")).toBeCloseTo(-2 * Math.log(2), 3);
  for (const mean of [-3, 0, 5.5]) {
    await slide(/mean of the made/, mean);
    const [value, js] = [await number("[data-figure=best]"), await number("[data-figure=js]")];
    expect(value).toBeCloseTo(2 * js - 2 * Math.log(2), 2);
  }
  expect(await number("[data-figure=js]")).toBeGreaterThan(0.68);
});

test("page 3: moves by the reader's steps, then runs, and rests out of sight", async () => {
  await open(3);
  const iteration = async () =>
    Number(await page.locator("output[data-iteration]").getAttribute("data-iteration"));
  const before = await picture(".plane canvas");
  for (let i = 0; i < 10; i++) await press("Next");
  await expect.poll(iteration).toBe(2);
  await expect.poll(() => picture(".plane canvas")).not.toBe(before);
  await press("Let it run");
  await expect.poll(iteration, { timeout: 20_000 }).toBeGreaterThan(20);
  await page.addStyleTag({ content: ".ways { padding-top: 300vh }" });
  await page.locator(".ways").scrollIntoViewIfNeeded();
  await page.evaluate("scrollTo(0, document.body.scrollHeight)");
  await page.waitForTimeout(600);
  const stood = await iteration();
  await page.waitForTimeout(600);
  expect(await iteration()).toBe(stood);
  await page.evaluate("scrollTo(0, 0)");
  await expect.poll(iteration).toBeGreaterThan(stood);
});

test("page 4: noise and class make the digit", async () => {
  await open(4);
  await page.waitForSelector(".big[data-ready=true]", { timeout: 30_000 });
  const seen = new Set<string>();
  const canvas = ".big canvas";
  const fresh = async () => {
    await expect.poll(async () => seen.has(await picture(canvas))).toBe(false);
    seen.add(await picture(canvas));
  };
  await fresh();
  await slide(/noise 2/, 1.5);
  await fresh();
  await press("7");
  await fresh();
  await press("Draw new noise");
  await fresh();
  const bright = `(() => { const c = document.querySelector("${canvas}");
    const d = c.getContext("2d").getImageData(0, 0, 28, 28).data;
    return d.filter((x, i) => i % 4 === 0 && x > 128).length; })()`;
  // Ink, not a blank or a full picture.
  expect(await page.evaluate<number>(bright)).toBeGreaterThan(30);
  expect(await page.evaluate<number>(bright)).toBeLessThan(400);
});

test("page 5: the drawn word jumps; a warmer text is more varied and less correct", async () => {
  await open(5);
  expect(await page.locator("[data-word]").getAttribute("data-word")).toBe("dog");
  await slide(/score of/, 3);
  expect(await page.locator("[data-word]").getAttribute("data-word")).toBe("cat");
  const scores = async (heat: number) => {
    await slide(/^temperature/, heat);
    await page.waitForSelector(`circle.now[data-heat="${heat}"]`, { timeout: 30_000 });
    const of = async (name: string) =>
      Number(await page.locator(`[data-${name}]`).getAttribute(`data-${name}`));
    return { quality: await of("quality"), diversity: await of("diversity") };
  };
  const [safe, wild] = [await scores(0.3), await scores(1.5)];
  expect(safe.quality).toBeGreaterThan(wild.quality + 20);
  expect(wild.diversity).toBeGreaterThan(safe.diversity + 20);
  const before = await shown("ul li:first-child");
  await press("Write again");
  await expect.poll(() => shown("ul li:first-child")).not.toBe(before);
});

test("page 6: three games train; a cure begins anew; R1 winds the smallest game down", async () => {
  await open(6);
  const states = page.locator(".state");
  for (let i = 0; i < 3; i++) {
    await expect
      .poll(async () => Number(await states.nth(i).getAttribute("data-iteration")), {
        timeout: 30_000,
      })
      .toBeGreaterThan(3);
  }
  await press("Pause all");
  const first = page.locator(".games section").first();
  await first.getByRole("radio", { name: "cured" }).check();
  await expect.poll(() => states.first().getAttribute("data-iteration")).toBe("0");
  const sick = await page.locator(".games section").nth(1).getByRole("link").getAttribute("href");
  expect(sick).toContain("loss=non-saturating");
  expect(sick).toContain("r1=0");
  await expect.poll(() => shown("[data-figure=without]")).toMatch(/ends [1-9]/);
  await slide(/weight of R1/, 1.5);
  await expect.poll(() => shown("[data-figure=with]")).toMatch(/R1 of 1.5: it ends < 0.001/);
});

test("readers who want no motion start the games themselves", async () => {
  await open(6, { reducedMotion: "reduce" });
  await page.waitForTimeout(1500);
  expect(await page.locator(".state").first().getAttribute("data-iteration")).toBe("0");
  await page.getByRole("button", { name: "Let all run" }).waitFor();
});

for (const [scheme, width, locale] of [
  ["light", 360, "zh-CN"],
  ["dark", 1440, "en"],
] as const) {
  test(`no serious fault of access, no sideways scrolling: ${scheme}, ${width} pixels, ${locale}`, async () => {
    const viewport = { width, height: 900 };
    await open(1, { viewport, colorScheme: scheme, locale, reducedMotion: "reduce" });
    for (let chapter = 1; chapter <= 6; chapter++) {
      await page.evaluate(`location.hash = "#/tour?page=${chapter}"`);
      await page.waitForSelector(`article nav li:nth-child(${chapter}) a[aria-current=step]`);
      await page.waitForSelector("article .demo");
      await expectOpenToAll(page, `page ${chapter}`);
    }
  });
}
