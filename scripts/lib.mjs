// What the scripts share. Plain JavaScript without dependencies: they run before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The wish for no downloads behind the user's back, for every child process. */
export const childEnv = { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" };

const npm = process.platform === "win32" ? "npm.cmd" : "npm";

/** Runs a program with its output shown; resolves with its exit code (128 + n for signal n). */
export function run(command, args, { env = {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...childEnv, ...env },
      stdio: "inherit",
      shell: command.endsWith(".cmd"),
    });
    // Ctrl-C reaches the whole process group by itself; a plain kill does not.
    const forward = () => child.kill("SIGTERM");
    process.on("SIGTERM", forward);
    child.on("error", (error) => {
      console.error(`cannot run ${command}: ${error.message}`);
      resolve(127);
    });
    child.on("close", (code, signal) => {
      process.off("SIGTERM", forward);
      resolve(code ?? (signal === "SIGINT" ? 130 : 143));
    });
  });
}

/** A tool of node_modules, run by this Node. */
export function tool(packageName, bin = packageName) {
  const folder = join(root, "node_modules", packageName);
  const { bin: bins } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, typeof bins === "string" ? bins : bins[bin]);
}

/** Installs what package-lock.json says, unless node_modules is there and not older than it. */
export async function install() {
  const stamp = join(root, "node_modules", ".package-lock.json");
  const lock = join(root, "package-lock.json");
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs) return 0;
  if (existsSync(stamp) && sameInstall(lock, stamp)) return 0;
  console.error("Installing packages ...");
  // Not `npm ci`: it refuses a lockfile made where the registry lacks other platforms' optional
  // binaries. This installs the locked versions too, and leaves the lockfile as it is.
  const code = await run(npm, ["install", "--no-save", "--no-fund", "--no-audit"]);
  if (code !== 0) console.error("npm install failed: see its message above; then run this again.");
  return code;
}

/** A checkout gives the lockfile a new time; what counts is whether the same versions are there. */
function sameInstall(lock, stamp) {
  const packages = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
  const installed = packages(stamp);
  return Object.entries(packages(lock)).every(
    ([path, wanted]) =>
      path === "" ||
      wanted.optional ||
      wanted.devOptional ||
      installed[path]?.version === wanted.version,
  );
}

/** Every file under `paths`, sorted. */
export function filesUnder(...paths) {
  return paths
    .flatMap((path) => {
      const full = join(root, path);
      if (!existsSync(full)) return [];
      if (!statSync(full).isDirectory()) return [full];
      return readdirSync(full, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
    })
    .sort();
}

/** A hash of names and contents. */
export function contentStamp(files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** Keeps `text` in a file under .cache/, which git ignores. */
export function writeCache(name, text) {
  mkdirSync(join(root, ".cache"), { recursive: true });
  writeFileSync(join(root, ".cache", name), text);
}

export function readCache(name) {
  const path = join(root, ".cache", name);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** The path of the first program that runs with `--version`, or undefined. */
export function findProgram(candidates) {
  return candidates.find(
    (path) => path && spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0,
  );
}
