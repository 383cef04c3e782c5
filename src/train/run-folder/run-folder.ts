import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { GansmithError, usageError } from "../../util/errors.ts";
import { checkJson, type JsonObject } from "../../util/json.ts";
import {
  errorCode,
  ioError,
  makeFolder,
  removeTemporaries,
  writeFileAtomic,
} from "../../util/node/files.ts";
import { encodeHeader, parseHeader, type RunHeader } from "./run-header.ts";
import { acquireLock, type RunLock } from "./run-lock.ts";

/** How a new run folder is named and what it holds. */
export interface RunFolderOptions {
  /** Where numbered folders are made; default `runs`. */
  readonly root?: string;
  /** The recipe's name, the second half of the folder's name. */
  readonly name: string;
  /** Everything needed to run it again. */
  readonly config: JsonObject;
  /** Names the folder itself instead of a number under `root`. */
  readonly dir?: string | undefined;
}

/**
 * One training run on disk: `config.json`, `events.jsonl`, `checkpoints/`, `samples/`.
 * Reading needs no lock; whoever writes holds it, so two processes never train the same run.
 */
export class RunFolder {
  /** As given or made, such as `runs/00003-mnist-dcgan`. */
  readonly path: string;
  /** The recipe's name. */
  readonly name: string;
  /** When the run was created, ISO 8601. */
  readonly createdAt: string;
  #config: JsonObject;
  #lock: RunLock | undefined;

  private constructor(path: string, header: RunHeader, lock?: RunLock) {
    this.path = path;
    this.name = header.name;
    this.#config = header.config;
    this.createdAt = header.createdAt;
    this.#lock = lock;
  }

  /**
   * Makes and locks a new run folder. Throws a usage error when `dir` is occupied or the name is
   * not usable, and an io error when the parent cannot be written.
   */
  static create({ root = "runs", name, config, dir }: RunFolderOptions): RunFolder {
    checkName(name);
    checkJson(config, "config");
    const path = dir === undefined ? claimNumber(root, name) : claimFolder(dir);
    const lock = acquireLock(path);
    try {
      const header: RunHeader = { name, createdAt: new Date().toISOString(), config };
      makeFolder(join(path, "checkpoints"));
      makeFolder(join(path, "samples"));
      // The config comes last: a folder that has one is whole.
      writeHeader(path, header);
      return new RunFolder(path, header, lock);
    } catch (error) {
      lock.release();
      throw ioError(`write the run folder ${path}`, error);
    }
  }

  /**
   * Makes the next numbered folder under `root`, empty, and returns its path: where another process is
   * to `create` a run with it as `dir`. Throws like `create`.
   */
  static reserve(root: string, name: string): string {
    checkName(name);
    return claimNumber(root, name);
  }

  /** Throws the usage error that `create` would throw for an occupied `dir`; writes nothing. */
  static checkVacant(dir: string): void {
    try {
      if (isVacant(dir)) return;
    } catch (error) {
      if (errorCode(error) === "ENOENT") return;
      throw errorCode(error) === "ENOTDIR" ? isFile(dir) : ioError(`read ${dir}`, error);
    }
    throw occupied(dir);
  }

  /** Whether a path is a folder with a configuration, readable or not. */
  static is(path: string): boolean {
    return existsSync(join(path, "config.json"));
  }

  /** Opens a run folder for reading. Throws a usage error when it is none, or from a newer version. */
  static open(path: string): RunFolder {
    return new RunFolder(path, readHeader(path));
  }

  /**
   * Takes the run for writing and removes what a killed writer left half-done.
   * Throws a usage error when another live process holds it.
   */
  lock(): this {
    if (this.#lock !== undefined) return this;
    this.#lock = acquireLock(this.path);
    try {
      for (const folder of [this.path, this.checkpointsPath, this.samplesPath]) {
        makeFolder(folder);
        removeTemporaries(folder);
      }
    } catch (error) {
      this.release();
      throw ioError(`clean up the run folder ${this.path}`, error);
    }
    return this;
  }

  /** Gives the run back; harmless when it was not held. */
  release(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }

  get config(): JsonObject {
    return this.#config;
  }

  /** Replaces the configuration, such as a longer training time. Hold the lock. */
  writeConfig(config: JsonObject): void {
    checkJson(config, "config");
    writeHeader(this.path, { name: this.name, createdAt: this.createdAt, config });
    this.#config = config;
  }

  get locked(): boolean {
    return this.#lock !== undefined;
  }

  get configPath(): string {
    return join(this.path, "config.json");
  }

  get eventsPath(): string {
    return join(this.path, "events.jsonl");
  }

  get checkpointsPath(): string {
    return join(this.path, "checkpoints");
  }

  get samplesPath(): string {
    return join(this.path, "samples");
  }

  get modelCardPath(): string {
    return join(this.path, "README.md");
  }

  get generatorPath(): string {
    return join(this.path, "generator.onnx");
  }
}

function checkName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return;
  throw usageError(
    `a run's name must be 1 to 100 letters, digits, ".", "_" or "-" and begin with a letter or digit, received "${name}".`,
  );
}

const numbered = /^(\d{5,})-/;

/**
 * Claims the next number under `root`. Names differ, so mkdir of the folder alone would let two
 * processes share a number: each first claims the number by mkdir of `.claim-00003`, then looks again.
 */
function claimNumber(root: string, name: string): string {
  try {
    makeFolder(root);
    for (let n = highest(root) + 1; ; n = Math.max(n, highest(root)) + 1) {
      const number = String(n).padStart(5, "0");
      const claim = join(root, `.claim-${number}`);
      try {
        mkdirSync(claim);
      } catch (error) {
        if (errorCode(error) === "EEXIST") continue;
        throw error;
      }
      try {
        if (highest(root) >= n) continue;
        const path = join(root, `${number}-${name}`);
        mkdirSync(path);
        return path;
      } finally {
        rmdirSync(claim);
      }
    }
  } catch (error) {
    throw ioError(`create a run folder in ${root}`, error);
  }
}

function highest(root: string): number {
  let max = 0;
  for (const entry of readdirSync(root))
    max = Math.max(max, Number(numbered.exec(entry)?.[1] ?? 0));
  return max;
}

function claimFolder(dir: string): string {
  try {
    makeFolder(dir);
    if (isVacant(dir)) return dir;
  } catch (error) {
    throw errorCode(error) === "EEXIST"
      ? isFile(dir)
      : ioError(`create the run folder ${dir}`, error);
  }
  throw occupied(dir);
}

/** Empty, or left by a run that was killed before it had a config. */
function isVacant(dir: string): boolean {
  return readdirSync(dir).every((name) =>
    name === "checkpoints" || name === "samples"
      ? readdirSync(join(dir, name)).length === 0
      : /^(lock\.json|\..*\.tmp)$/.test(name),
  );
}

function isFile(dir: string): GansmithError {
  return usageError(`${dir} is a file, expected a new or empty folder; choose another --out.`);
}

function occupied(dir: string): GansmithError {
  return usageError(
    existsSync(join(dir, "config.json"))
      ? `${dir} already holds a run; choose another --out, or go on with it: gansmith resume ${dir}`
      : `${dir} is not empty; choose another --out, so that nothing there is overwritten.`,
  );
}

function writeHeader(path: string, header: RunHeader): void {
  writeFileAtomic(join(path, "config.json"), encodeHeader(header));
}

function readHeader(path: string): RunHeader {
  const file = join(path, "config.json");
  let text: string;
  try {
    if (!statSync(path).isDirectory()) {
      throw usageError(
        path.endsWith(".zip")
          ? `${path} is a zip of a run: unpack it first (unzip ${path}), then name the folder that comes out of it.`
          : `${path} is a file, expected a run folder such as runs/00001-mnist-dcgan.`,
      );
    }
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof GansmithError) throw error;
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") {
      throw usageError(
        existsSync(path)
          ? `${path} is not a run folder: it has no config.json.`
          : `there is no run folder ${path}; the folders in runs/ are named like runs/00001-mnist-dcgan.`,
      );
    }
    throw ioError(`read ${file}`, error);
  }
  return parseHeader(text, file, path);
}
