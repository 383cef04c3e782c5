import { writeFileSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { RunFolder, readEvents } from "../src/train/index.ts";
import { launchChromium } from "./support/chromium.ts";
import { finish, gansmith, pictureFolder, start, tinyGame } from "./support/cli.ts";
import { put, temporaryFolder } from "./support/picture-files.ts";
import { serveFolders } from "./support/static-server.ts";
import { type ServedStudio, serveStudio, until } from "./support/studio.ts";
import type { DrawnCanvas } from "./support/studio-page.ts";

const cwd = temporaryFolder();
let studio: ServedStudio;
let browser: Browser;
let context: BrowserContext;
let game: string[] = [];
const problems: string[] = [];

beforeAll(async () => {
  game = tinyGame(await pictureFolder(join(cwd, "pictures")));
  const short = ["--set", "logEverySteps=1", "--set", "pictures=4", "--steps", "12"];
  for (const more of [[], ["--set", "optimizer.generator.learningRate=0.001"]]) {
    expect((await gansmith(cwd, ["train", ...game, ...short, ...more])).code).toBe(0);
  }
  put(join(cwd, "runs", "00099-broken", "config.json"), "{");
  studio = await serveStudio(cwd);
  browser = await launchChromium();
  context = await browser.newContext({ locale: "en" });
  context.on("weberror", (error) => problems.push(error.error().message));
  context.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
});
afterEach(() => expect(problems.splice(0)).toEqual([]));
afterAll(async () => {
  await browser?.close();
  await studio?.end();
});

/** A tab at a place of the studio, which keeps the token of the address that the command printed. */
async function tab(hash: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(studio.url);
  await page.getByRole("heading", { name: "Runs" }).waitFor();
  expect(page.url()).not.toContain("token");
  await page.goto(`${studio.base}/${hash}`);
  return page;
}

/** What axe-core finds that keeps people out. */
async function barriers(page: Page): Promise<unknown> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; impact: string }[] }> };
      }
    ).axe.run();
    return violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => v.id);
  });
}

const card = (page: Page, id: string) => page.getByRole("listitem").filter({ hasText: id });

test("the list shows runs in any condition, with pictures and figures", async () => {
  const page = await tab("#/runs");
  await card(page, "00001-mlp").getByText("finished").waitFor();
  await card(page, "00001-mlp").getByText("step 12").waitFor();
  await card(page, "00099-broken").getByText("cannot be read").waitFor();
  const picture = card(page, "00001-mlp").locator("img");
  await until("the picture", () =>
    picture.evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth > 0),
  );
  expect(await barriers(page)).toEqual([]);
  await page.setViewportSize({ width: 360, height: 740 });
  const wide = await page.evaluate("document.documentElement.scrollWidth");
  expect(wide).toBeLessThanOrEqual(360);
  await page.close();
});

test("one run: charts, pictures over time on a slider, events, configuration", async () => {
  const page = await tab("#/runs?id=00001-mlp");
  const losses = page.getByRole("img", { name: /^Losses over the steps/ });
  await losses.waitFor();
  const events = readEvents(join(cwd, "runs/00001-mlp/events.jsonl"));
  const last = events.findLast((e) => e.type === "scalars");
  const loss = last?.type === "scalars" ? (last.values["d.loss"]?.[1] as number) : Number.NaN;
  expect(await losses.getAttribute("aria-label")).toContain(
    `d.loss ${Number(loss.toPrecision(4))}`,
  );
  // Something is drawn, in more than one colour.
  const colours = await losses.locator("canvas").evaluate((element) => {
    const canvas = element as unknown as DrawnCanvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
  expect(colours).toBeGreaterThan(10);
  await page.getByAltText("Samples at step 12").waitFor();
  await page.getByRole("slider").fill("0");
  await page.getByAltText("Samples at step 0").waitFor();
  await page.getByText("Training began").waitFor();
  await page.getByText("Configuration", { exact: true }).click();
  await page.getByLabel("Compare with").selectOption("00002-mlp");
  await page.getByRole("row", { name: "optimizer.generator.learningRate 0.0002 0.001" }).waitFor();
  expect(await barriers(page)).toEqual([]);
  await page.close();
});

test("two runs side by side, chosen in the list", async () => {
  const page = await tab("#/runs");
  for (const id of ["00001-mlp", "00002-mlp"]) {
    await page.getByRole("checkbox", { name: `Compare ${id}` }).check();
  }
  await page.getByRole("link", { name: "Compare 2 runs" }).click();
  const name = /^Losses: d\.loss over the steps.* 00001-mlp .*00002-mlp /;
  const chart = page.getByRole("img", { name });
  await chart.waitFor();
  await page.getByRole("row", { name: "optimizer.generator.learningRate 0.0002 0.001" }).waitFor();
  expect(await page.getByAltText("Samples at step 12").count()).toBe(2);
  // The address holds it all.
  await page.reload();
  await chart.waitFor();
  expect(await barriers(page)).toEqual([]);
  await page.close();
});

test("a run from the command line shows up by itself; a tab opened later has its whole history", async () => {
  const page = await tab("#/runs");
  await card(page, "00001-mlp").waitFor();
  const known = new Set(await page.getByRole("listitem").allInnerTexts());
  expect(known.size).toBeGreaterThan(2);
  const flags = ["--set", "logEverySteps=1", "--steps", "1000000", "--out", "runs/00050-mlp"];
  const child = start(cwd, ["train", ...game, ...flags, "--json"]);
  const done = finish(child);
  await until("its folder", () => RunFolder.is(join(cwd, "runs/00050-mlp")));
  const began = performance.now();
  await card(page, "00050-mlp").getByText("running").waitFor({ timeout: 10_000 });
  const seconds = (performance.now() - began) / 1000;
  console.log(`a run of the command line was in the list after ${seconds.toFixed(2)} s`);
  await card(page, "00050-mlp").getByRole("link", { name: "00050-mlp" }).click();
  const losses = (at: Page) => at.getByRole("img", { name: /^Losses/ });
  await losses(page).waitFor();
  const first = await losses(page).getAttribute("aria-label");
  await until(
    "newer losses",
    async () => (await losses(page).getAttribute("aria-label")) !== first,
  );
  // Many tabs, one connection: a browser would not open twenty.
  const later = await Promise.all(Array.from({ length: 8 }, () => tab("#/runs?id=00050-mlp")));
  for (const other of later) {
    await losses(other).waitFor();
    await other.getByRole("slider").or(other.getByAltText("Samples at step 0")).first().waitFor();
    await other.getByText("Training began").waitFor();
  }
  await page.getByRole("button", { name: "Stop" }).click();
  expect((await done).last).toMatchObject({ reason: "interrupted" });
  for (const other of [page, ...later]) {
    await other.getByText("stopped", { exact: true }).waitFor();
    await other.close();
  }
}, 120_000);

test("goes on with a run, forks it with other settings, says what is wrong with them", async () => {
  const page = await tab("#/runs?id=00001-mlp");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByLabel("New end").selectOption("steps");
  await page.getByLabel("steps", { exact: true }).fill("20");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("step 20", { exact: true }).first().waitFor({ timeout: 60_000 });
  await page.getByText("Went on from step 12").waitFor();

  await page.getByRole("link", { name: "Fork" }).click();
  expect(await page.getByLabel("Begin with this run's newest weights").isChecked()).toBe(true);
  await page.getByRole("button", { name: "Change another setting" }).click();
  await page.getByLabel("Setting 1", { exact: true }).fill("batch");
  await page.getByLabel("Value of setting 1").fill("0");
  await page.getByRole("button", { name: "Start the fork" }).click();
  await page.getByRole("alert").filter({ hasText: "batch must be >= 2" }).waitFor();
  // The browser, too, says that the request was refused.
  expect(problems.splice(0)).toEqual([expect.stringContaining("status of 400")]);
  await page.getByLabel("Value of setting 1").fill("4");
  await page.getByRole("button", { name: "Start the fork" }).click();
  await page.getByRole("heading", { name: "00100-mlp" }).waitFor({ timeout: 60_000 });
  await page.getByText("finished", { exact: true }).waitFor({ timeout: 60_000 });
  expect(RunFolder.open(join(cwd, "runs/00100-mlp")).config).toEqual({
    ...RunFolder.open(join(cwd, "runs/00001-mlp")).config,
    batch: 4,
  });
  await page.getByText("Training began with the weights of 00001-mlp, step 20").waitFor();
  await page.close();
}, 120_000);

test("starts a run of text and shows what it writes", async () => {
  const texts = Array.from({ length: 300 }, (_, i) => `${i % 7} and ${i % 11} make ${i}`);
  writeFileSync(join(cwd, "sums.txt"), texts.join("\n"));
  const page = await tab("#/runs?new");
  await page.getByLabel("Recipe").selectOption("text");
  await page.getByLabel(/^Other data/).fill("./sums.txt");
  const stages = [{ method: { name: "likelihood", batch: 32 }, iterations: 2 }];
  const changes = { length: "6", threads: "1", stages: JSON.stringify(stages) };
  for (const [i, [path, value]] of Object.entries(changes).entries()) {
    await page.getByRole("button", { name: "Change another setting" }).click();
    await page.getByLabel(`Setting ${i + 1}`, { exact: true }).fill(path);
    await page.getByLabel(`Value of setting ${i + 1}`).fill(value);
  }
  expect(await barriers(page)).toEqual([]);
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByRole("heading", { name: /-text$/ }).waitFor({ timeout: 60_000 });
  await page.getByText("finished", { exact: true }).waitFor({ timeout: 60_000 });
  const written = await page.getByRole("group", { name: "Samples at step 2" }).textContent();
  expect(written?.trim().split(/\n+/).length).toBeGreaterThan(3);
  await page.close();
}, 120_000);

test("without the token a page reads, but may not start or stop", async () => {
  const stranger = await browser.newContext({ locale: "en" });
  const page = await stranger.newPage();
  await page.goto(`${studio.base}/#/runs?id=00001-mlp&fork`);
  await page.getByRole("button", { name: "Start the fork" }).click();
  await page.getByRole("alert").filter({ hasText: "needs the token" }).waitFor();
  await stranger.close();
});

test("on a static host the page says how to start the server, and is not in the menu", async () => {
  const pages = join(import.meta.dirname, "../dist/studio/web");
  const host = await serveFolders({ "/": pages });
  const page = await context.newPage();
  await page.goto(`${host.url}/#/runs`);
  await page.getByText("npx gansmith studio").waitFor();
  expect(await page.getByRole("navigation").getByText("Runs").count()).toBe(0);
  await page.close();
  await host.close();
});
