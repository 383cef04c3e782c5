import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

/** Builds `dist/` where the sources are newer, once for all tests: they share it, side by side. */
export default function build(): void {
  const cwd = resolve(import.meta.dirname, "../..");
  const { status } = spawnSync(process.execPath, ["scripts/build.mjs"], { cwd, stdio: "inherit" });
  if (status !== 0) throw new Error("the build failed: see its message above.");
}
