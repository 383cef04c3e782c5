import { chmodSync, mkdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { at, cacheDir, folderOf, good, refusal, root } from "../support/bad-files.ts";
import { put } from "../support/picture-files.ts";

/** Runs `work` as a user who is not root, for whom permissions count. */
async function unprivileged(work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return work();
  chmodSync(root, 0o755);
  process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe.skipIf(process.platform === "win32")("no permission", () => {
  test.each([
    ["for a folder", "locked", 0o000, /locked.*permission denied/],
    ["for a picture", "locked-file/a.png", 0o000, /a\.png.*permission denied/],
  ])("%s", async (_name, path, mode, says) => {
    const spec = folderOf(path.split("/")[0] as string, { "a.png": good });
    mkdirSync(cacheDir, { recursive: true });
    chmodSync(cacheDir, 0o777);
    chmodSync(at(path), mode);
    await unprivileged(async () => expect(await refusal(spec)).toMatch(says));
    chmodSync(at(path), 0o755);
  });

  test("for the cache folder", async () => {
    const spec = folderOf("fine", { "a.png": good });
    mkdirSync(at("sealed"), { mode: 0o555 });
    await unprivileged(async () => {
      const message = await refusal(spec, { cacheDir: at("sealed/cache") });
      expect(message).toMatch(/cache folder.*permission denied/);
    });
  });

  test("a cache folder that is a file", async () => {
    const spec = folderOf("fine2", { "a.png": good });
    const message = await refusal(spec, { cacheDir: put(at("plain-file"), "x") });
    expect(message).toMatch(/cache folder .*plain-file/);
  });
});
