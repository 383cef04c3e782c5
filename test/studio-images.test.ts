import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mnistFiles } from "../src/data/sources/mnist.ts";
import { decodeModel } from "../src/onnx/model.ts";
import { serveStudio } from "../src/studio/server/serve.ts";
import { readEvents } from "../src/train/run-folder/events.ts";
import { summarize } from "../src/train/run-folder/scalar-accumulator.ts";
import { resume } from "../src/train/train.ts";
import { picture, put, temporaryFolder } from "./support/picture-files.ts";
import { type Site, servePages } from "./support/static-server.ts";
import { asFile, downloaded, expectOpenToAll, give, studioPages } from "./support/studio-page.ts";

const folder = temporaryFolder();
const pages = studioPages();
let server: Awaited<ReturnType<typeof serveStudio>>;
let site: Site;
let page: Page;

beforeAll(async () => {
  server = await serveStudio({ runs: join(folder, "runs"), program: "none", port: 0 });
  site = await servePages();
});
afterAll(async () => {
  await server?.close();
  await site?.close();
});

/** The page behind `gansmith studio`, or on a static host. */
async function open(
  where: "server" | "static" = "server",
  look: Parameters<typeof pages.open>[1] = {},
) {
  const base = where === "server" ? `http://127.0.0.1:${server.port}` : site.url;
  page = await pages.open(`${base}/#/images`, look);
  await page.waitForSelector("text=Train on images");
}
const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
const stepNow = async () =>
  Number(await page.locator("output[data-step]").getAttribute("data-step"));
const reached = (step: number) =>
  expect.poll(stepNow, { timeout: 60_000, interval: 30 }).toBeGreaterThanOrEqual(step);
/** The smallest networks. */
async function small() {
  await page.getByLabel("width of the networks").selectOption("4");
  await page.getByLabel("images a step").selectOption("4");
}
/** Presses for one step at a time; the losses of each. */
async function steps(from: number, count: number): Promise<number[][]> {
  const losses: number[][] = [];
  for (let i = 1; i <= count; i++) {
    await press("One step");
    await reached(from + i);
    const { d, g } = (await page.evaluate(
      `({ ...document.querySelector("output[data-step]").dataset })`,
    )) as { d: string; g: string };
    losses.push([Number(d), Number(g)]);
  }
  return losses;
}
const download = async (name: string) => (await downloaded(page, name)).bytes;
const pick = (label: string, ...files: Parameters<typeof give>[2]) => give(page, label, files);

/** Unpacks a run as `unzip` does, and has every loss written down; returns its folder. */
function unpack(zip: Uint8Array, into: string): string {
  const entries = Object.entries(unzipSync(zip));
  for (const [path, bytes] of entries) put(join(folder, into, path), bytes);
  const run = join(folder, into, (entries[0]?.[0] ?? "").split("/")[0] as string);
  const path = join(run, "config.json");
  const header = JSON.parse(readFileSync(path, "utf8"));
  Object.assign(header.config, { logEverySteps: 1, health: false, metrics: [] });
  writeFileSync(path, JSON.stringify(header));
  return run;
}
const lossesAfter = (run: string, step: number) =>
  readEvents(join(run, "events.jsonl")).flatMap((e) =>
    e.type === "scalars" && e.step > step
      ? [["d.loss", "g.loss"].map((name) => summarize(e.values[name] as never).mean)]
      : [],
  );
/** The same games up to the order in which f32 sums are taken. */
function expectClose(got: number[][], expected: number[][]) {
  expect(got.length).toBe(expected.length);
  for (const [i, pair] of expected.entries()) {
    for (const [k, x] of pair.entries()) {
      expect(Math.abs((got[i]?.[k] as number) - x)).toBeLessThan(1e-3 * Math.max(1, Math.abs(x)));
    }
  }
}

test("MNIST trains in the page, its run goes on in Node, and Node's in the page", async () => {
  await open();
  await small();
  await steps(0, 3);
  expect(await page.locator("text=mnist: 60,000 images of 28").count()).toBe(1);
  const run = unpack(await download("Download the run"), "mnist");
  const model = decodeModel(await download("Download the generator (ONNX)"));
  expect(model.graph.inputs.map((i) => i.name)).toEqual(["z", "labels"]);
  const here = await steps(3, 5);
  await resume(run, { length: { steps: 8 } });
  expectClose(lossesAfter(run, 3), here);

  const files = readdirSync(run, { recursive: true, withFileTypes: true }).filter((e) =>
    e.isFile(),
  );
  const entries = files.map((e): [string, Uint8Array] => {
    const path = join(e.parentPath, e.name);
    return [path.slice(folder.length + 1), readFileSync(path)];
  });
  await pick("Open a run", asFile("run.zip", zipSync(Object.fromEntries(entries), { level: 0 })));
  await page.waitForSelector('output[data-step="8"][data-begun="true"]', { timeout: 60_000 });
  const there = await steps(8, 2);
  await resume(run, { length: { steps: 10 } });
  expectClose(there, lossesAfter(run, 8));
});

test("pictures of one's own train, and go on in Node", async () => {
  await open("static");
  await small();
  const pictures = await Promise.all(
    [1, 2, 3, 4, 5].map(async (seed) => {
      const format = seed % 2 ? "png" : "jpeg";
      return asFile(`${seed}.${format}`, await picture(format, { width: 50, height: 40, seed }));
    }),
  );
  await pick("Drop pictures here", ...pictures);
  await press("Play");
  await reached(3);
  await press("Pause");
  const zip = await download("Download the run");
  const step = await stepNow();
  const [here] = await steps(step, 1);
  const run = unpack(zip, "own");
  await resume(run, { length: { steps: step + 1 } });
  expectClose(lossesAfter(run, step), [here as number[]]);
  // The zip has its pictures along.
  await page.reload();
  await pick("Open a run", asFile("run.zip", zip));
  await page.waitForSelector(`output[data-step="${step}"][data-begun="true"]`, { timeout: 60_000 });
  expectClose(await steps(step, 1), [here as number[]]);
});

test("without a server, MNIST's own files train", async () => {
  await open("static");
  await small();
  const { images, labels } = mnistFiles("test", "mnist");
  await pick(
    "Drop pictures here",
    ...[images, labels].map((path) => asFile(basename(path), readFileSync(path))),
  );
  await steps(0, 1);
  expect(await page.locator("text=idx: 10,000 images of 28").count()).toBe(1);
});

test("what is no run, or a damaged one, is refused with one sentence", async () => {
  await open("static");
  await pick("Open a run", asFile("run.zip", Uint8Array.of(0x50, 0x4b, 3, 4, 9, 9, 9)));
  await expect
    .poll(() => page.getByRole("alert").textContent())
    .toMatch(/^run\.zip is damaged: .*download or copy it again\.$/);
  await press("Play");
  await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/^choose images/);
});

test("WebGPU trains, too", async () => {
  await open("static");
  await small();
  await page.getByLabel("runs on").selectOption("webgpu");
  await pick("Drop pictures here", asFile("1.png", await picture("png", { seed: 9 })));
  const [losses] = await steps(0, 1);
  expect(losses?.every(Number.isFinite)).toBe(true);
});

test("the whole page is there in Chinese", async () => {
  await open("static");
  await press("中文");
  expect(await page.locator("h1").textContent()).toBe("就在网页里训练图像");
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [360, 1440]) {
    test(`no serious fault of access, no sideways scrolling: ${colorScheme}, ${width} pixels`, async () => {
      await open("server", { viewport: { width, height: 900 }, colorScheme });
      await page.waitForSelector("button[aria-pressed=true]");
      await expectOpenToAll(page);
    });
  }
}
