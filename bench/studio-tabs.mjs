// Does watching a run slow it down? Trains once and measures its steps a second in turns, without and with
// tabs that follow it live.
//   node scripts/build.mjs && node bench/studio-tabs.mjs [--tabs 20] [--rounds 8] [--seconds 10] [--browser]
// Tabs are plain readers of the server's events and list; with --browser, pages of one Chromium window
// (CHROME_PATH), of which the last one is in front.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { readEvents } from "../dist/train/index.js";
import { median } from "./interleave.mjs";
import { describeMachine } from "./machine.mjs";

const { values: flags } = parseArgs({
  options: {
    tabs: { type: "string", default: "20" },
    rounds: { type: "string", default: "8" },
    seconds: { type: "string", default: "10" },
    browser: { type: "boolean", default: false },
  },
});
const tabs = Number(flags.tabs);
const program = join(import.meta.dirname, "../dist/program/main.js");
const folder = mkdtempSync(join(tmpdir(), "gansmith-tabs-"));
const run = join(folder, "runs", "00001-mlp");

/** Starts the command line; resolves with its first JSON line. */
async function start(...args) {
  const child = spawn(process.execPath, [program, ...args, "--json"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  child.stdout.resume();
  return { child, first: JSON.parse(String(line).split("\n")[0]) };
}

/** A tab without a browser: reads events as they come, asks for the list every second. */
function openReader(base) {
  const stop = new AbortController();
  const { signal } = stop;
  const read = async () => {
    const { body } = await fetch(`${base}/api/runs/00001-mlp/events`, { signal });
    for await (const _ of body);
  };
  const look = async () => {
    for (;;) {
      await (await fetch(`${base}/api/runs`, { signal })).text();
      await wait(1000, undefined, { signal });
    }
  };
  for (const work of [read, look]) work().catch(() => {});
  return () => stop.abort();
}

const { child: training } = await start(
  ...["train", "mlp", "--steps", "100000000", "--set", "logEverySteps=5", "--set", "metrics=[]"],
  ...["--set", "threads=1", "--set", "health=false", "--out", run],
);
const { child: studio, first } = await start("studio", "--port", "0");
const base = `http://127.0.0.1:${first.port}`;
const browser = flags.browser
  ? await chromium.launch({
      executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
      args: ["--no-sandbox"],
    })
  : undefined;
const context = await browser?.newContext();

async function openTab() {
  if (!context) return openReader(base);
  const page = await context.newPage();
  await page.goto(`${base}/#/runs?id=00001-mlp`);
  await page.getByRole("img", { name: /./ }).first().waitFor();
  return () => page.close();
}

/** Processor time of a process so far, in seconds (Linux). */
function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/**
 * What the next seconds bring: steps a second, steps a second of the training's own processor time (which
 * other work on the machine hardly changes), and the cores that the server keeps busy.
 */
async function measure() {
  await wait(2000);
  const from = Date.now();
  const before = [training, studio].map((child) => cpuSeconds(child.pid));
  await wait(Number(flags.seconds) * 1000);
  const to = Date.now();
  const [trainingCpu, serverCpu] = [training, studio].map(
    (child, i) => cpuSeconds(child.pid) - before[i],
  );
  await wait(1200);
  const events = readEvents(join(run, "events.jsonl"));
  const within = events.filter((e) => e.type === "scalars" && e.time >= from && e.time <= to);
  const [a, b] = [within[0], within.at(-1)];
  const perSecond = (1000 * (b.step - a.step)) / (b.time - a.time);
  const seconds = (to - from) / 1000;
  return {
    perSecond,
    perCpuSecond: (perSecond * seconds) / trainingCpu,
    serverCores: serverCpu / seconds,
  };
}

const pairs = [];
try {
  await wait(5000);
  for (let round = 0; round < Number(flags.rounds); round++) {
    const alone = await measure();
    const close = await Promise.all(Array.from({ length: tabs }, openTab));
    const watched = await measure();
    for (const end of close) await end();
    pairs.push({ alone, watched });
    console.error(`round ${round + 1}: ${JSON.stringify({ alone, watched })}`);
  }
} finally {
  await browser?.close();
  for (const child of [training, studio]) {
    child.kill("SIGINT");
    await once(child, "exit");
  }
  rmSync(folder, { recursive: true, force: true });
}
/** A watched stretch against the unwatched ones before and after it: drift of the machine hardly counts. */
const slower = (figure) =>
  median(
    pairs
      .slice(0, -1)
      .map(
        ({ alone, watched }, i) =>
          1 - watched[figure] / ((alone[figure] + pairs[i + 1].alone[figure]) / 2),
      ),
  );
const middle = (side, figure) => median(pairs.map((pair) => pair[side][figure]));
console.log(
  JSON.stringify({
    ...{ tabs, browser: flags.browser, rounds: pairs.length },
    stepsPerSecond: {
      alone: middle("alone", "perSecond"),
      watched: middle("watched", "perSecond"),
    },
    slowerBy: slower("perSecond"),
    slowerByOwnProcessorTime: slower("perCpuSecond"),
    serverCores: {
      alone: middle("alone", "serverCores"),
      watched: middle("watched", "serverCores"),
    },
    machine: describeMachine({ threads: 1, torch: undefined }),
  }),
);
