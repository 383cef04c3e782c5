import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { RunFolder } from "../../train/run-folder/run-folder.ts";
import { lockHolder } from "../../train/run-folder/run-lock.ts";
import { usageError } from "../../util/errors.ts";
import { errorCode, ioError } from "../../util/node/files.ts";
import type { JobInfo } from "../runs/api.ts";

/** What is shown of a process's words. */
const shownBytes = 8000;

interface Job {
  readonly child: ChildProcess;
  readonly command: string;
  readonly logPath: string;
  readonly folder: string;
  exitCode: number | undefined;
}

/**
 * Training processes: the command line, started in a process group of its own, so that they outlive a
 * request, a closed page, and the server. Their words are kept in files beside each other.
 */
export class Jobs {
  readonly #program: string;
  readonly #jobs = new Map<string, Job>();
  /** Processes that were told to stop: a second time would end them without a checkpoint. */
  readonly #told = new Set<string>();
  #logs: string | undefined;
  #count = 0;

  /** `program` is the command line's main file. */
  constructor(program: string) {
    this.#program = program;
  }

  /** Names of runs that were started and have not been forgotten. */
  get ids(): readonly string[] {
    return [...this.#jobs.keys()];
  }

  get alive(): number {
    return [...this.#jobs.values()].filter((job) => job.exitCode === undefined).length;
  }

  infoOf(id: string): JobInfo | undefined {
    const job = this.#jobs.get(id);
    if (!job) return undefined;
    const { command, exitCode } = job;
    return {
      command,
      alive: exitCode === undefined,
      ...(exitCode !== undefined && { exitCode }),
      output: endOf(job.logPath),
    };
  }

  /** Starts the command line for the run `id` in `folder`. */
  start(id: string, folder: string, args: readonly string[]): void {
    this.#logs ??= mkdtempSync(join(tmpdir(), "gansmith-studio-"));
    const logPath = join(this.#logs, `${++this.#count}.log`);
    const log = openSync(logPath, "w");
    const all = [this.#program, ...args, "--json"];
    const stdio = ["ignore", "ignore", log] as const;
    const child = spawn(process.execPath, all, {
      ...{ detached: true, windowsHide: true },
      stdio: [...stdio],
    });
    closeSync(log);
    const command = ["gansmith", ...args].join(" ");
    const job: Job = { child, command, logPath, folder, exitCode: undefined };
    this.#jobs.set(id, job);
    const over = (code: number) => {
      job.exitCode ??= code;
      removeWhereEmpty(folder);
    };
    child.on("error", () => over(127));
    child.on("exit", (code) => over(code ?? 1));
    child.unref();
  }

  /**
   * Waits until a started run is under way. Throws with its own words when it ended without a run;
   * after `ms` what comes is left to whoever watches the run.
   */
  async underWay(id: string, ms: number): Promise<void> {
    for (const end = performance.now() + ms; performance.now() < end; await wait(50)) {
      const job = this.#jobs.get(id);
      if (!job) return;
      if (job.exitCode !== undefined && job.exitCode !== 0) {
        if (!RunFolder.is(job.folder)) this.#jobs.delete(id);
        throw usageError(problemOf({ exitCode: job.exitCode, output: endOf(job.logPath) }));
      }
      if (job.exitCode === 0 || lockHolder(job.folder)) return;
    }
  }

  /** Waits until no process that was started here is at a run; false when one still is after `ms`. */
  async over(id: string, ms: number): Promise<boolean> {
    const isOver = () => this.#jobs.get(id)?.exitCode !== undefined || !this.#jobs.has(id);
    for (const end = performance.now() + ms; !isOver() && performance.now() < end; ) await wait(50);
    return isOver();
  }

  /** Lets a run save a checkpoint and end, whoever started it. Returns false when nobody runs it. */
  stop(id: string, folder: string | undefined): boolean {
    const job = this.#jobs.get(id);
    const own = job && job.exitCode === undefined ? job.child.pid : undefined;
    const holder = folder === undefined ? undefined : lockHolder(folder);
    if (own === undefined && holder && !holder.here) {
      throw usageError("this run is trained on another machine: stop it there.");
    }
    const pid = own ?? holder?.pid;
    if (pid === undefined) return false;
    const told = `${pid} ${id}`;
    if (this.#told.has(told)) return true;
    try {
      process.kill(pid, "SIGINT");
    } catch (error) {
      if (errorCode(error) === "ESRCH") return false;
      throw ioError(`stop process ${pid}`, error);
    }
    this.#told.add(told);
    return true;
  }

  /** Forgets the words of processes that are over; those that go on keep theirs. */
  close(): void {
    if (this.#logs !== undefined && this.alive === 0) {
      rmSync(this.#logs, { recursive: true, force: true });
    }
  }
}

/** Why a process ended: an error is one sentence, the last one that it said. */
export function problemOf({ output, exitCode }: Pick<JobInfo, "output" | "exitCode">): string {
  return output.trim().split("\n").at(-1) || `the process ended with code ${exitCode}.`;
}

/** The folder that was kept for a run which did not begin. */
function removeWhereEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something is in it.
  }
}

/** The end of a file, from a line's beginning. */
function endOf(path: string): string {
  try {
    const file = openSync(path, "r");
    try {
      const { size } = fstatSync(file);
      const bytes = Buffer.alloc(Math.min(size, shownBytes));
      const n = readSync(file, bytes, 0, bytes.length, size - bytes.length);
      const text = bytes.toString("utf8", 0, n);
      return size > shownBytes ? text.slice(text.indexOf("\n") + 1) : text;
    } finally {
      closeSync(file);
    }
  } catch {
    return "";
  }
}
