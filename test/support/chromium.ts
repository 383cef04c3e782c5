import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";
import { chromium } from "playwright-core";

/** Debian's Chromium, or the one that CHROME_PATH names. Throws with the command that installs it. */
export function chromePath(): string {
  const path = process.env.CHROME_PATH ?? "/usr/bin/chromium";
  if (!existsSync(path)) {
    throw new Error(
      `There is no browser at ${path}: install it (Debian: apt-get install chromium libvulkan1) or set CHROME_PATH.`,
    );
  }
  return path;
}

/** Headless, with WebGPU on Chromium's own software adapter. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromePath(),
    args: [
      "--no-sandbox",
      "--enable-unsafe-webgpu",
      "--use-webgpu-adapter=swiftshader",
      "--enable-features=Vulkan",
      "--use-vulkan=swiftshader",
    ],
  });
}

/** Lets WebGPU run in Node.js on a machine without a GPU: call it before the first session. */
export function useSoftwareVulkan(): void {
  const driver = "/usr/lib/chromium/vk_swiftshader_icd.json";
  if (process.env.VK_ICD_FILENAMES) return;
  if (!existsSync(driver)) {
    throw new Error(
      `There is no Vulkan driver at ${driver}: install one (Debian: apt-get install chromium libvulkan1) or set VK_ICD_FILENAMES.`,
    );
  }
  process.env.VK_ICD_FILENAMES = driver;
}
