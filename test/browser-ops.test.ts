import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OpsPage } from "./browser/ops-page.ts";
import { launchChromium } from "./support/chromium.ts";
import { expectedRoundTrip } from "./support/device-round-trip.ts";
import { serveFolders } from "./support/static-server.ts";

declare const opsPage: OpsPage;

const problems: string[] = [];
const folder = mkdtempSync(join(tmpdir(), "gansmith-browser-"));
let browser: Browser;
let server: Awaited<ReturnType<typeof serveFolders>>;
let page: Page;

beforeAll(async () => {
  await build({
    configFile: false,
    root: join(import.meta.dirname, "browser"),
    logLevel: "error",
    base: "./",
    build: { outDir: folder, emptyOutDir: true, target: "es2023", minify: false },
  });
  server = await serveFolders({
    "/": folder,
    "/ort/": join(import.meta.dirname, "../node_modules/onnxruntime-web/dist"),
  });
  browser = await launchChromium();
  page = await browser.newPage();
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("requestfailed", (request) => problems.push(`failed to load ${request.url()}`));
  await page.goto(server.url);
  await page.waitForFunction("globalThis.opsPage");
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the page is cross-origin isolated, so that WebAssembly may use threads", async () => {
  expect(await page.evaluate("globalThis.crossOriginIsolated")).toBe(true);
});

for (const backend of ["wasm", "webgpu"]) {
  test(`every op, gradient and second gradient in Chromium on ${backend}`, async () => {
    const report = await page.evaluate((name) => opsPage.runAllSamples(name), backend);
    expect(report.failures).toEqual([]);
    expect(report.compared).toBeGreaterThan(700);
    expect(report.worst.error).toBeGreaterThan(0);
  });
}

test("on WebGPU state stays on the device and is fed back", async () => {
  expect(await page.evaluate(() => opsPage.deviceRoundTrip("webgpu"))).toEqual(expectedRoundTrip);
});

test("WebAssembly keeps nothing on a device and gives the same numbers", async () => {
  expect(await page.evaluate(() => opsPage.deviceRoundTrip("wasm"))).toEqual({
    ...expectedRoundTrip,
    kept: false,
    intoKept: "it ran",
    useAfterRelease: "",
  });
});

test("a software adapter is not chosen by itself, unknown names are told", async () => {
  expect(await page.evaluate(() => opsPage.autoBackend())).toBe("wasm");
  expect(await page.evaluate(() => opsPage.message("webgl"))).toContain(
    'unknown backend "webgl". Did you mean "webgpu"?',
  );
});

test("the console stayed free of errors", () => {
  expect(problems).toEqual([]);
});
