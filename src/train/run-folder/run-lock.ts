import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { usageError } from "../../util/errors.ts";
import { errorCode, ioError } from "../../util/node/files.ts";

/** A held run folder. */
export interface RunLock {
  /** Gives it back; a second call does nothing. */
  release(): void;
}

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Tells a live process from a later one that was given the same pid; "" where unknown. */
  readonly started: string;
  /** Differs for each lock taken. */
  readonly token: string;
}

let sequence = 0;

/**
 * Takes `lock.json` in a run folder, so that two processes never train the same run; the lock of a
 * process that no longer lives is taken over. Throws a usage error that names the owner.
 */
export function acquireLock(folder: string): RunLock {
  const path = join(folder, "lock.json");
  const mine: Owner = {
    pid: process.pid,
    host: hostname(),
    started: startTime(process.pid),
    token: `${process.pid}-${sequence++}-${Date.now()}`,
  };
  // Written beside first, then linked: the lock never exists without its owner's name in it.
  const temp = join(folder, `.lock.json.${process.pid}-${sequence++}.tmp`);
  try {
    const file = openSync(temp, "wx");
    try {
      writeSync(file, `${JSON.stringify(mine)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    for (;;) {
      if (tryLink(temp, path)) break;
      const owner = readOwner(path);
      if (owner === undefined) continue;
      if (isAlive(owner)) {
        const where = owner.host === mine.host ? "" : ` on ${owner.host}`;
        throw usageError(
          `${folder} is in use by process ${owner.pid}${where}; wait until it ends, or stop it first. If no such process trains it, delete ${path}.`,
        );
      }
      removeStale(path, owner, folder);
    }
  } catch (error) {
    throw ioError(`lock the run folder ${folder}`, error);
  } finally {
    rmSync(temp, { force: true });
  }
  let held = true;
  return {
    release() {
      if (held && readOwner(path)?.token === mine.token) rmSync(path, { force: true });
      held = false;
    },
  };
}

/** The live process that writes a run folder; `undefined` when there is none. */
export function lockHolder(
  folder: string,
): { readonly pid: number; readonly here: boolean } | undefined {
  const owner = readOwner(join(folder, "lock.json"));
  if (owner === undefined || !isAlive(owner)) return undefined;
  return { pid: owner.pid, here: owner.host === hostname() };
}

/**
 * Removes the lock of a dead process. Several processes may find it at once: only the one that
 * links the takeover name may remove, and only while the lock is still the dead owner's.
 */
function removeStale(path: string, dead: Owner, folder: string): void {
  const takeover = join(folder, `.lock.json.takeover-${dead.token}`);
  if (!tryLink(path, takeover)) {
    // Another process is at it and needs microseconds; one that is not done later was killed.
    for (let i = 0; i < 50; i++) {
      sleep(20);
      if (readOwner(path)?.token !== dead.token) return;
    }
    rmSync(takeover, { force: true });
    return;
  }
  try {
    if (readOwner(path)?.token === dead.token) rmSync(path, { force: true });
  } finally {
    rmSync(takeover, { force: true });
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST" || errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

/** The lock's owner; `undefined` when there is no lock (any more). An unreadable one is nobody's. */
function readOwner(path: string): Owner | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === "object" && json !== null && "pid" in json && "token" in json) {
      return {
        pid: Number(json.pid),
        host: "host" in json ? String(json.host) : "",
        started: "started" in json ? String(json.started) : "",
        token: String(json.token),
      };
    }
  } catch {
    // Falls through: a lock that says nothing cannot belong to a live writer.
  }
  return { pid: -1, host: hostname(), started: "", token: "unreadable" };
}

/** A process on another machine cannot be seen from here and counts as alive. */
function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true;
  if (!(owner.pid > 0)) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
  return owner.started === "" || owner.started === startTime(owner.pid);
}

/** When a process started, in the kernel's ticks since boot (Linux); "" elsewhere. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field, the program's name, may contain spaces and brackets.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
