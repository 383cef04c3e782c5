import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { picture, temporaryFolder } from "./support/picture-files.ts";
import { serveFolders } from "./support/static-server.ts";
import { studioPages } from "./support/studio-page.ts";

/** What `npm run build:web` writes, on a plain host, below a path, without any header of its own. */
const root = join(import.meta.dirname, "..");
const folder = join(temporaryFolder(), "pages");
const under = "/sub/dir/";
const problems: string[] = [];
const { open: openPage } = studioPages();
let host: Awaited<ReturnType<typeof serveFolders>>;
let page: Page;

beforeAll(async () => {
  mkdirSync(folder);
  const built = spawnSync(process.execPath, ["scripts/build-web.mjs", folder], {
    ...{ cwd: root, encoding: "utf8" },
  });
  expect(built.status, built.stderr).toBe(0);
  host = await serveFolders({ [under]: folder }, { isolated: false });
});
afterEach(() => expect(problems.splice(0)).toEqual([]));
afterAll(() => host?.close());

async function open(hash: string) {
  page = await openPage("about:blank");
  page.on("requestfailed", (request) => problems.push(`${request.url()} failed`));
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    const outside = response.url().startsWith("http") && !pathname.startsWith(under);
    if (response.status() >= 400 || outside) problems.push(`${response.status()} ${pathname}`);
  });
  await page.goto(`${host.url}${under}${hash}`);
  expect(await page.evaluate("crossOriginIsolated")).toBe(false);
}
const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
const reached = (key: string, n: number) =>
  page.waitForFunction(
    `Number(document.querySelector("output[data-${key}]")?.dataset["${key}"]) >= ${n}`,
    undefined,
    { timeout: 120_000 },
  );
const give = (files: Parameters<ReturnType<Page["locator"]>["setInputFiles"]>[0]) =>
  page.locator("input[type=file]").first().setInputFiles(files);

test("the playground plays", async () => {
  await open("#/play");
  await page.waitForSelector("li:has-text('JS')", { timeout: 60_000 });
  await press("Play");
  await reached("iteration", 20);
});

test("the image lab trains on pictures that are given", async () => {
  await open("#/images");
  const pictures = await Promise.all(
    [1, 2, 3, 4].map(async (seed) => ({
      name: `${seed}.png`,
      mimeType: "image/png",
      buffer: await picture("png", { width: 40, height: 40, seed }),
    })),
  );
  await give(pictures);
  await press("Play");
  await reached("step", 2);
});

test("every page of the tour is there, and its games run", async () => {
  await open("#/tour");
  await page.waitForSelector("button:enabled:has-text('The left one')", { timeout: 60_000 });
  for (let chapter = 2; chapter <= 6; chapter++) {
    await page.locator("a[rel=next]").click();
    await page.waitForSelector(`article nav li:nth-child(${chapter}) a[aria-current=step]`);
    await page.waitForSelector("article .demo");
    if (chapter === 3) {
      await press("Let it run");
      await reached("iteration", 20);
    }
    if (chapter === 4) await page.waitForSelector(".big[data-ready=true]", { timeout: 60_000 });
    if (chapter === 5) await page.waitForSelector("circle.now", { timeout: 60_000 });
  }
  await expect
    .poll(async () => Number(await page.locator(".state").first().getAttribute("data-iteration")), {
      timeout: 60_000,
    })
    .toBeGreaterThan(3);
});

test("the explorer draws with its own generator, and with a file that is opened", async () => {
  await open("#/explore");
  await page.waitForSelector("[data-source='demo: digits']", { timeout: 60_000 });
  const buffer = readFileSync(join(root, "src/studio/web/pretrained/digits.onnx"));
  await give({ name: "mine.onnx", mimeType: "", buffer });
  await page.waitForSelector("[data-source='mine.onnx']", { timeout: 60_000 });
  const ink = `(() => { const c = document.querySelector(".grid canvas");
    return c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some((x, i) => i % 4 === 0 && x > 128); })()`;
  expect(await page.evaluate<boolean>(ink)).toBe(true);
});

test("a small generator writes texts, and the menu knows that runs need the local server", async () => {
  await open("#/text");
  await page.waitForSelector(".columns section:nth-child(3) li:nth-child(10)", { timeout: 60_000 });
  const menu = await page
    .getByRole("navigation", { name: "gansmith" })
    .getByRole("link")
    .allTextContents();
  expect(menu).toHaveLength(5);
  expect(menu).not.toContain("Runs");
});
