import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Random } from "../../src/util/random.ts";
import { picture, put } from "./picture-files.ts";

const root = resolve(import.meta.dirname, "../..");
/** Data sets are prepared once for all tests; `npm test` begins with none. */
const cache = join(root, ".cache", "test-images");
const main = join(root, "dist", "program", "main.js");

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** With `--json`: every line of stdout, and the last one. */
  readonly lines: readonly Record<string, unknown>[];
  readonly last: Record<string, unknown>;
}

/** Starts the built program in `cwd`. */
export function start(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return spawn(process.execPath, [main, ...args], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, GANSMITH_CACHE: cache, ...env },
  });
}

/** Runs the built program to its end. */
export async function gansmith(cwd: string, args: readonly string[]): Promise<Finished> {
  return finish(start(cwd, args));
}

/** Waits for a started program. */
export async function finish(child: ReturnType<typeof start>): Promise<Finished> {
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk;
  });
  const [code] = (await once(child, "close")) as [number | null];
  const json = stdout.split("\n").filter((line) => line.startsWith("{"));
  const lines = json.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, stdout, stderr, lines, last: lines.at(-1) ?? {} };
}

/** Every path below a folder, sorted. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true }).map(String).sort();
}

/** A folder of small noise pictures in two class folders. */
export async function pictureFolder(path: string, count = 32): Promise<string> {
  const random = new Random(1, "folder");
  for (let i = 0; i < count; i++) {
    const bytes = await picture("png", { width: 8, height: 8, seed: random.below(1e9) });
    put(join(path, i % 2 === 0 ? "even" : "odd", `${String(i).padStart(3, "0")}.png`), bytes);
  }
  return path;
}

/** Flags of a game that trains in milliseconds on such pictures. */
export function tinyGame(data: string): string[] {
  const settings = ["batch=8", "model.latent=4", "metrics=[]", "pictures=1", "threads=1"];
  return ["mlp", "--data", data, "--size", "8", ...settings.flatMap((s) => ["--set", s])];
}
