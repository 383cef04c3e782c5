// From a fresh clone to one answer: installs, builds, checks, runs every test.
// The last line is "N passed, N failed": tests plus the check steps; exit code 1 if any failed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { findProgram, install, root, run, tool, writeCache } from "./lib.mjs";

let passed = 0;
let failed = 0;

async function check(name, step) {
  console.log(`\n== ${name}`);
  const code = await step();
  if (code === 0) passed++;
  else failed++;
  console.log(`${code === 0 ? "ok" : "FAILED"}: ${name}`);
  return code === 0;
}

const node = (...args) => run(process.execPath, args);

/** WebGPU in Node.js opens this library by its name; Chromium brings one for itself alone. */
function hasVulkanLoader() {
  const { stdout } = spawnSync("ldconfig", ["-p"], { encoding: "utf8" });
  return stdout?.includes("libvulkan.so.1") === true;
}

async function browser() {
  const places = [
    process.env.CHROME_PATH,
    "/usr/bin/chromium",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ];
  let found = findProgram(places);
  const debian = existsSync("/etc/debian_version") && process.getuid?.() === 0;
  if (debian && !(found && hasVulkanLoader())) {
    console.log("Installing Chromium and the Vulkan loader for the browser tests (apt-get) ...");
    const quiet = { env: { DEBIAN_FRONTEND: "noninteractive" } };
    const updated = await run("apt-get", ["update", "-qq"], quiet);
    if (updated === 0) {
      const packages = ["chromium", "libvulkan1"];
      await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], quiet);
    }
    found = findProgram(places);
  }
  if (!found) {
    console.error(
      "no Chromium or Chrome was found for the browser tests: install one (Debian, Ubuntu: apt-get install chromium libvulkan1; macOS: brew install --cask chromium) or set CHROME_PATH to its program.",
    );
    return 1;
  }
  process.env.CHROME_PATH = found;
  console.log(`browser: ${found}`);
  return 0;
}

async function vitest() {
  const report = join(root, ".cache", "vitest.json");
  rmSync(report, { force: true });
  writeCache("vitest-started", String(Date.now()));
  rmSync(join(root, ".cache", "test-images"), { recursive: true, force: true });
  const code = await node(
    tool("vitest"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  );
  if (!existsSync(report)) {
    console.error("vitest ended without a report.");
    failed++;
    return;
  }
  const result = JSON.parse(readFileSync(report, "utf8"));
  // A file that cannot be loaded has no tests to count, yet it failed.
  const unloaded = result.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((t) => t.status === "failed"),
  ).length;
  const notRun = result.numPendingTests + result.numTodoTests;
  if (notRun > 0) console.error(`${notRun} tests did not run; none may be skipped.`);
  passed += result.numPassedTests;
  const broken = result.numFailedTests + unloaded + notRun;
  // Errors outside of any test, or no test at all, show only in the exit code.
  failed += broken === 0 && (code !== 0 || result.numPassedTests === 0) ? 1 : broken;
}

async function main() {
  if (!(await check("install", install))) return;
  if (!(await check("browser", browser))) return;
  await check("build", build);
  await check("format, lint, import directions", () => node(tool("@biomejs/biome", "biome"), "ci"));
  await check("types", () => node(tool("typescript", "tsc"), "-p", "tsconfig.json"));
  await check("types of the studio's pages", () =>
    node(tool("svelte-check"), "--tsconfig", "src/studio/web/tsconfig.json"),
  );
  await check("unused code", () => node(tool("knip")));
  await check("documents", () => node("scripts/docs.mjs", "--check"));
  console.log("\n== tests");
  await vitest();
}

await main();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
