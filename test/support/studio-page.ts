import { readFileSync } from "node:fs";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launchChromium } from "./chromium.ts";

/** The part of the page's canvas that is asked for. */
export interface DrawnCanvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: "2d"): {
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
  };
}

/**
 * A browser for one test file. A page that `open` gives is closed after its test, which fails on any error
 * in the console, uncaught exception or unhandled rejection.
 */
export function studioPages() {
  const problems: string[] = [];
  let browser: Browser;
  const opened: Page[] = [];
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((page) => page.close()));
    expect(problems.splice(0)).toEqual([]);
  });
  afterAll(() => browser?.close());
  return {
    async open(url: string, look: BrowserContextOptions = {}): Promise<Page> {
      const viewport = { width: 1280, height: 900 };
      const page = await browser.newPage({ viewport, locale: "en", ...look });
      opened.push(page);
      page.on("console", (message) => {
        if (message.type() === "error") problems.push(message.text());
      });
      page.on("pageerror", (error) => problems.push(error.message));
      await page.goto(url);
      return page;
    },
  };
}

/** What axe-core finds that keeps people out. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run();
    return violations
      .filter((v) => v.impact === "serious" || v.impact === "critical")
      .map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" | ")}`);
  });
}

/** Fails where something keeps people out, or the page is wider than its window. */
export async function expectOpenToAll(page: Page, where = page.url()): Promise<void> {
  expect(await barriers(page), where).toEqual([]);
  const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
  expect(wide, where).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
}

/** What a button gives to keep. */
export async function downloaded(
  page: Page,
  button: string,
): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button, exact: true }).click(),
  ]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** A file as a reader gives it. */
export function asFile(name: string, bytes: Uint8Array) {
  return { name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) };
}

/** Gives files to the button of that name. */
export async function give(
  page: Page,
  button: string,
  files: readonly ReturnType<typeof asFile>[],
): Promise<void> {
  await page
    .locator("label", { hasText: button })
    .locator("input[type=file]")
    .setInputFiles([...files]);
}
