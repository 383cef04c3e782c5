import { readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { RunFolder } from "../../train/run-folder/run-folder.ts";
import { lockHolder } from "../../train/run-folder/run-lock.ts";
import { errorCode, ioError } from "../../util/node/files.ts";
import type { RunSummary } from "../runs/api.ts";
import { type EventSummary, stateOf, summarizeEvents } from "../runs/summarize-events.ts";
import { type Jobs, problemOf } from "./jobs.ts";
import { RunLog } from "./run-log.ts";

/** One scan serves all who ask within this time. */
const freshMs = 500;

interface Entry {
  log: RunLog;
  /** Size and time of `events.jsonl` that the summary is of. */
  key: string;
  summary: EventSummary;
  ended: ReturnType<typeof stateOf>;
}

/** The run folders below one folder, and their events, each read once however many ask. */
export class RunList {
  readonly #root: string;
  readonly #jobs: Jobs;
  readonly #entries = new Map<string, Entry>();
  #scan: Promise<readonly RunSummary[]> | undefined;
  #scannedAt = Number.NEGATIVE_INFINITY;

  constructor(root: string, jobs: Jobs) {
    this.#root = root;
    this.#jobs = jobs;
  }

  /** Every run, newest first; those that cannot be read say so. */
  all(): Promise<readonly RunSummary[]> {
    if (!this.#scan || performance.now() - this.#scannedAt > freshMs) {
      this.#scannedAt = performance.now();
      this.#scan = this.#all();
    }
    return this.#scan;
  }

  /** The folder of a run; `undefined` for a name that is none, such as one that leads elsewhere. */
  pathOf(id: string): string | undefined {
    if (!isPlainName(id)) return undefined;
    const path = join(this.#root, id);
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : undefined;
  }

  /** The events of a run, for those who watch it. */
  logOf(id: string): RunLog | undefined {
    const path = this.pathOf(id);
    return path === undefined ? undefined : this.#entry(id, path).log;
  }

  /** One run; `undefined` where there is none. */
  async summaryOf(id: string): Promise<RunSummary | undefined> {
    const path = this.pathOf(id);
    const job = this.#jobs.infoOf(id);
    if (path === undefined || (job && !RunFolder.is(path))) {
      if (!job) return undefined;
      const failed = { state: "failed", problem: problemOf(job) } as const;
      return { id, ...(job.alive ? { state: "starting" } : failed) };
    }
    try {
      return await this.#read(id, path);
    } catch (error) {
      return { id, state: "broken", problem: error instanceof Error ? error.message : "" };
    }
  }

  async #all(): Promise<readonly RunSummary[]> {
    const ids = new Set([...folderNames(this.#root), ...this.#jobs.ids]);
    for (const id of this.#entries.keys()) if (!ids.has(id)) this.#entries.delete(id);
    const newestFirst = [...ids].sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
    const found: RunSummary[] = [];
    for (const id of newestFirst) {
      const summary = await this.summaryOf(id);
      if (summary) found.push(summary);
    }
    return found;
  }

  async #read(id: string, path: string): Promise<RunSummary> {
    const { name, createdAt, config } = RunFolder.open(path);
    const entry = this.#entry(id, path);
    const held = lockHolder(path) !== undefined;
    const file = statSync(join(path, "events.jsonl"), { throwIfNoEntry: false });
    const key = file ? `${file.size} ${file.mtimeMs}` : "";
    if (key !== entry.key) {
      await entry.log.refresh();
      entry.summary = summarizeEvents(entry.log.events);
      entry.ended = stateOf(entry.log.events, false);
      entry.key = key;
    }
    // Of a run that is over only the summary is kept.
    if (!held && !entry.log.watched) entry.log = new RunLog(path);
    return {
      id,
      state: held ? "running" : entry.ended,
      recipe: name,
      kind: typeof config.kind === "string" ? config.kind : "images",
      createdAt,
      ...entry.summary,
    };
  }

  #entry(id: string, path: string): Entry {
    const found = this.#entries.get(id);
    if (found) return found;
    const log = new RunLog(path);
    const entry: Entry = { log, key: "none", summary: {}, ended: "stopped" };
    this.#entries.set(id, entry);
    return entry;
  }
}

/** A name of one folder, neither hidden nor a way to another one. */
function isPlainName(id: string): boolean {
  return /^[^/\\\0.][^/\\\0]*$/.test(id);
}

function folderNames(root: string): string[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter((e) => isPlainName(e.name) && (e.isDirectory() || e.isSymbolicLink()))
      .map((e) => e.name)
      .filter((name) => statSync(join(root, name), { throwIfNoEntry: false })?.isDirectory());
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw ioError(`read ${root}`, error);
  }
}

/** A file inside a folder, links followed; `undefined` where there is none or it lies elsewhere. */
export function fileInside(folder: string, path: string): string | undefined {
  if (/[\\\0]/.test(path) || path.split("/").some((part) => part === "" || part.startsWith("."))) {
    return undefined;
  }
  try {
    const base = realpathSync(folder);
    const file = realpathSync(join(base, path));
    return file.startsWith(join(base, "/")) && statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}
