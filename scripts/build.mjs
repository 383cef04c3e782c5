// Compiles src/ to dist/ and the studio's pages to dist/studio/web, unless dist/ was made from exactly
// these sources.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "./bundle.mjs";
import { contentStamp, filesUnder, readCache, root, run, tool, writeCache } from "./lib.mjs";

export async function build() {
  const sources = filesUnder(
    "src",
    "scripts/build.mjs",
    "scripts/bundle.mjs",
    "package-lock.json",
    "tsconfig.json",
    "tsconfig.build.json",
  ).filter((file) => !file.endsWith(".test.ts"));
  const stamp = contentStamp(sources);
  const dist = join(root, "dist");
  if (existsSync(dist) && readCache("build-stamp") === stamp) return 0;
  rmSync(dist, { recursive: true, force: true });
  writeCache("build-stamp", "");
  const node = (...args) => run(process.execPath, args);
  const compiled = await node(tool("typescript", "tsc"), "-p", "tsconfig.build.json");
  const code = compiled || (await buildPages(join(dist, "studio", "web"), "--logLevel", "warn"));
  if (code === 0) await bundle();
  if (code === 0) writeCache("build-stamp", stamp);
  return code;
}

/** The studio's pages as a folder that any static host can serve. */
export function buildPages(folder, ...more) {
  const config = ["--config", join("src", "studio", "web", "vite.config.ts")];
  const to = ["--outDir", folder, "--emptyOutDir"];
  return run(process.execPath, [tool("vite"), "build", ...config, ...to, ...more]);
}

if (process.argv[1] === import.meta.filename) process.exitCode = await build();
