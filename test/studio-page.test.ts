import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
// biome-ignore lint/correctness/useImportExtensions: its types stand beside it in a .d.mts file.
import { openHeaps, type StudioPlace, studioPlaces, watchScripts } from "../bench/page-figures.mjs";
import { gansmith, pictureFolder, tinyGame } from "./support/cli.ts";
import { temporaryFolder } from "./support/picture-files.ts";
import { type ServedStudio, serveStudio } from "./support/studio.ts";
import { expectOpenToAll, studioPages } from "./support/studio-page.ts";

/**
 * The quick form of `bench/studio-page.mjs`, and what holds for every page of the menu; the tour's once a round
 * has been trained: all of its scripts are there by then.
 */
const places = studioPlaces.filter(({ name }) => name !== "Tour");

const cwd = temporaryFolder();
const { open } = studioPages();
let studio: ServedStudio;

beforeAll(async () => {
  const images = tinyGame(await pictureFolder(join(cwd, "pictures")));
  const texts = Array.from({ length: 300 }, (_, i) => `${i % 7} and ${i % 11} make ${i}`);
  writeFileSync(join(cwd, "sums.txt"), texts.join("\n"));
  const stages = [{ method: { name: "likelihood", batch: 32 }, iterations: 2 }];
  const settings = ["length=6", "threads=1", `stages=${JSON.stringify(stages)}`];
  for (const args of [
    [...images, "--set", "logEverySteps=1", "--steps", "12"],
    ["text", "--data", "./sums.txt", ...settings.flatMap((s) => ["--set", s])],
  ]) {
    const { code, stderr } = await gansmith(cwd, ["train", ...args]);
    expect(code, stderr).toBe(0);
  }
  studio = await serveStudio(cwd);
});
afterAll(() => studio?.end());

async function go(page: Page, { hash, usable }: StudioPlace) {
  await page.goto(`${studio.base}/${hash}`);
  await page.locator(usable).first().waitFor({ timeout: 60_000 });
}

for (const place of places) {
  test(`under 300 kB of script before the WebAssembly runtime: ${place.name}`, async () => {
    const page = await open("about:blank");
    const scripts = watchScripts(page);
    await go(page, place);
    if (place.name === "Images") {
      await page.getByRole("button", { name: "One step", exact: true }).click();
      await page.waitForSelector('output[data-step="1"]', { timeout: 60_000 });
    }
    const files = await scripts();
    // Those of workers are among them.
    expect(files.map(({ address }) => address).join()).toContain("-worker-");
    const bytes = files.reduce((sum, file) => sum + file.gzipBytes, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(300_000);
  });

  for (const scheme of ["light", "dark"] as const) {
    test(`no serious fault of access: ${place.name}, ${scheme}`, async () => {
      const page = await open("about:blank", { colorScheme: scheme });
      await go(page, place);
      await expectOpenToAll(page);
    });
  }
}

test("the playground's memory does not grow with steps or with games begun anew", async () => {
  const page = await open("about:blank");
  await go(page, places[0] as StudioPlace);
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const iteration = (n: number) =>
    page.waitForFunction(
      (least) => {
        const { document } = globalThis as unknown as {
          document: { querySelector(q: string): { dataset: { iteration: string } } | null };
        };
        return Number(document.querySelector("output[data-iteration]")?.dataset.iteration) >= least;
      },
      n,
      { timeout: 60_000 },
    );
  const play = async (steps: number, games: number) => {
    await press("Play");
    await iteration(steps);
    await press("Pause");
    for (let i = 0; i < games; i++) {
      await press("One step");
      await iteration(1);
      await press("Start anew");
      await page.waitForSelector('output[data-iteration="0"]', { timeout: 60_000 });
    }
  };
  const heaps = await openHeaps(page);
  // What the first game compiles and draws stays.
  await play(200, 1);
  const before = await heaps();
  expect(before.workers.map(({ url }) => url).join()).toContain("play-worker");
  await play(200, 5);
  const after = await heaps();
  const sum = ({ objects, buffers }: typeof after) => objects + buffers;
  expect(sum(after) / sum(before)).toBeLessThan(1.1);
});
