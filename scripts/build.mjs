// Compiles src/ to dist/, unless dist/ was made from exactly these sources.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { contentStamp, filesUnder, readCache, root, run, tool, writeCache } from "./lib.mjs";

export async function build() {
  const sources = filesUnder(
    "src",
    "scripts/build.mjs",
    "package-lock.json",
    "tsconfig.json",
    "tsconfig.build.json",
  ).filter((file) => !file.endsWith(".test.ts"));
  const stamp = contentStamp(sources);
  const dist = join(root, "dist");
  if (existsSync(dist) && readCache("build-stamp") === stamp) return 0;
  rmSync(dist, { recursive: true, force: true });
  writeCache("build-stamp", "");
  const code = await run(process.execPath, [
    tool("typescript", "tsc"),
    "-p",
    "tsconfig.build.json",
  ]);
  if (code === 0) writeCache("build-stamp", stamp);
  return code;
}

if (process.argv[1] === import.meta.filename) process.exitCode = await build();
