import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { median } from "./interleave.mjs";

const program = join(import.meta.dirname, "../dist/program/main.js");
const recipes = ["article", "mnist-dcgan"];

/**
 * From the command to the report of its first training step, with the data set's cache in place.
 * @param {import("./compare.mjs").Settings} settings
 */
export async function timeFirstSteps({ threads, progress, quick }) {
  const rows = [];
  for (const recipe of recipes) {
    const name = `first-step ${recipe}`;
    if (!existsSync(program)) {
      rows.push({ name, note: "dist/program/main.js is not built; `npm run build`" });
      continue;
    }
    try {
      // The first run makes the cache.
      await firstStep(recipe, threads);
      const times = [];
      for (let i = 0; i < (quick ? 2 : 5); i++) {
        times.push(await firstStep(recipe, threads));
        progress(`${name}: ${(times.at(-1) / 1000).toFixed(2)} s`);
      }
      rows.push({ name, oursMs: median(times), oursMinMs: Math.min(...times), runs: times.length });
    } catch (error) {
      rows.push({ name, note: `it failed: ${error.message}` });
    }
  }
  return rows;
}

/** Ms from starting the program to its first progress line. */
function firstStep(recipe, threads) {
  const folder = mkdtempSync(join(tmpdir(), "gansmith-first-step-"));
  const args = ["train", recipe, "--steps", "1", "--json", "--out", join(folder, "run")];
  const start = performance.now();
  const child = spawn(process.execPath, [program, ...args, "--set", `threads=${threads}`]);
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors = (errors + text).slice(-2000);
  });
  let took;
  createInterface({ input: child.stdout }).on("line", (line) => {
    const event = JSON.parse(line);
    if (event.type === "progress" && event.step >= 1) took ??= performance.now() - start;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      rmSync(folder, { recursive: true, force: true });
      if (code === 0 && took !== undefined) resolve(took);
      else
        reject(
          new Error(errors.trim().split("\n").at(-1) || `no progress line, exit code ${code}`),
        );
    });
  });
}
