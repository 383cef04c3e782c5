import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
} from "node:fs";
import type { Checkup } from "../../health/index.ts";
import { GansmithError } from "../../util/errors.ts";
import { checkJson, type JsonObject } from "../../util/json.ts";
import { errorCode, ioError, writeAll } from "../../util/node/files.ts";
import type { Moments } from "./scalar-accumulator.ts";

/** What happened in a run, in order. `step` counts finished generator updates. */
export type RunEvent =
  | StartEvent
  | ResumeEvent
  | ScalarsEvent
  | SampleEvent
  | CheckpointEvent
  | MetricsEvent
  | HealthEvent
  | DiagnosisEvent
  | GuardEvent
  | WarningEvent
  | StopEvent;

/** The run began. */
export interface StartEvent {
  readonly type: "start";
  /** Versions, machine, backend: whatever tells two runs apart. */
  readonly info: JsonObject;
}

/** The run went on from the checkpoint of `step`; what came after that step no longer counts. */
export interface ResumeEvent {
  readonly type: "resume";
  readonly step: number;
  readonly info: JsonObject;
}

/** Losses and other numbers since the last such event. */
export interface ScalarsEvent {
  readonly type: "scalars";
  readonly step: number;
  /** Thousands of real images shown to the discriminator. */
  readonly kimg: number;
  /** Training time so far, without pauses. */
  readonly elapsedMs: number;
  readonly values: Readonly<Record<string, Moments>>;
}

/** A picture was written to `file`, relative to the run folder. */
export interface SampleEvent {
  readonly type: "sample";
  readonly step: number;
  readonly file: string;
}

/** A checkpoint is safe on disk at `file`, relative to the run folder. */
export interface CheckpointEvent {
  readonly type: "checkpoint";
  readonly step: number;
  readonly file: string;
}

/** The training doctor examined the run. */
export interface HealthEvent {
  readonly type: "health";
  readonly step: number;
  readonly checkup: Checkup;
}

/** The doctor recognised an illness. */
export interface DiagnosisEvent {
  readonly type: "diagnosis";
  readonly step: number;
  readonly illness: string;
  /** What is seen and what to change, one sentence. */
  readonly sentence: string;
  /** The first step that showed it. */
  readonly since: number;
  /** The change as `key=value` settings. */
  readonly settings: readonly string[];
}

/**
 * The guard treats an illness: the run goes back to the checkpoint of `step` (0: to its beginning), what
 * came after no longer counts, and on with `settings`. Written before either is done, so that a kill in
 * between leaves enough to finish it.
 */
export interface GuardEvent {
  readonly type: "guard";
  readonly step: number;
  /** The step at which it was decided. */
  readonly from: number;
  readonly illness: string;
  readonly settings: readonly string[];
}

/** The run was judged. */
export interface MetricsEvent {
  readonly type: "metrics";
  readonly step: number;
  readonly metrics: JsonObject;
  /** The same at several temperatures, of a generator of text. */
  readonly sweep?: readonly JsonObject[];
  /** A picture of that, relative to the run folder. */
  readonly file?: string;
}

/** Something the user should know that does not stop the run. */
export interface WarningEvent {
  readonly type: "warning";
  readonly step?: number;
  readonly message: string;
}

/** The run ended, for now. */
export interface StopEvent {
  readonly type: "stop";
  readonly step: number;
  readonly reason: "finished" | "interrupted" | "failed";
  readonly message?: string;
}

/** An event as stored: with the wall-clock time it was written, in ms since 1970. */
export type StoredEvent = RunEvent & { readonly time: number };

const flushIntervalMs = 1000;
const flushBytes = 1 << 16;

/**
 * Appends to `events.jsonl`. Lines are gathered and written at least every second, and at once by
 * `flush`; a kill loses at most that second, and a half line it left is cut off when the file is
 * next opened. One writer at a time: hold the run folder's lock.
 */
export class EventWriter {
  readonly #path: string;
  readonly #file: number;
  readonly #timer: NodeJS.Timeout;
  #size: number;
  #pending: string[] = [];
  #pendingBytes = 0;
  #lastFlush = performance.now();
  #failure: GansmithError | undefined;
  #closed = false;

  /** Throws `GansmithError` ("io") when the file cannot be opened for writing. */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#file = openSync(path, "a+");
      this.#size = wholeLines(this.#file);
      ftruncateSync(this.#file, this.#size);
    } catch (error) {
      throw ioError(`open ${path}`, error);
    }
    this.#timer = setInterval(() => this.#flushInBackground(), flushIntervalMs);
    this.#timer.unref();
  }

  /** Throws a usage error for numbers that JSON cannot hold, and the error of an earlier write. */
  write(event: RunEvent): void {
    if (this.#closed) throw new GansmithError("io", `${this.#path} is closed for writing.`);
    if (this.#failure) throw this.#failure;
    const line = `${JSON.stringify({ time: Date.now(), ...event })}\n`;
    checkJson(event, `event "${event.type}"`);
    this.#pending.push(line);
    this.#pendingBytes += line.length;
    // The timer stands still while a long step blocks the thread, so the clock is asked here too.
    const late = performance.now() - this.#lastFlush >= flushIntervalMs;
    if (late || this.#pendingBytes >= flushBytes) this.flush();
  }

  /** Writes what is pending; `durable` also waits until the disk has it (for checkpoints). */
  flush({ durable = false }: { readonly durable?: boolean } = {}): void {
    if (this.#failure) throw this.#failure;
    this.#lastFlush = performance.now();
    try {
      if (this.#pending.length > 0) {
        const bytes = new TextEncoder().encode(this.#pending.join(""));
        writeAll(this.#file, bytes);
        this.#size += bytes.length;
        this.#pending = [];
        this.#pendingBytes = 0;
      }
      if (durable) fsyncSync(this.#file);
    } catch (error) {
      this.#cutHalfLine();
      this.#failure = ioError(`write ${this.#path}`, error);
      throw this.#failure;
    }
  }

  /** Writes what is pending and closes; a second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    try {
      if (!this.#failure) this.flush({ durable: true });
    } finally {
      closeSync(this.#file);
    }
  }

  #flushInBackground(): void {
    try {
      if (!this.#failure) this.flush();
    } catch {
      // Kept in #failure: a timer has nobody to throw to, the next write does.
    }
  }

  #cutHalfLine(): void {
    try {
      ftruncateSync(this.#file, this.#size);
    } catch {
      // The next open cuts it.
    }
  }
}

/** The length of the file up to its last line end. */
function wholeLines(file: number): number {
  let end = fstatSync(file).size;
  const block = new Uint8Array(1 << 16);
  while (end > 0) {
    const start = Math.max(0, end - block.length);
    const n = readSync(file, block, 0, end - start, start);
    const at = block.subarray(0, n).lastIndexOf(10);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

/**
 * The events of a run, in order, without those that a later `resume` or `guard` superseded (their step
 * lies after the one that it goes on from). A `guard` itself stays: the configuration has changed. A run without events gives []; the half line of a writer at work or killed
 * is left out; `onDamaged` hears the numbers of lines that cannot be read (from 1).
 * Throws `GansmithError` ("io") when the file cannot be read.
 */
export function readEvents(path: string, onDamaged?: (line: number) => void): StoredEvent[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw ioError(`read ${path}`, error);
  }
  let events: StoredEvent[] = [];
  const lines = text.split("\n");
  lines.pop();
  for (const [i, line] of lines.entries()) {
    const event = parseEvent(line);
    if (event === undefined) {
      onDamaged?.(i + 1);
      continue;
    }
    if (event.type === "resume" || event.type === "guard") {
      events = events.filter((e) => e.type === "guard" || !(stepOf(e) > event.step));
    }
    events.push(event);
  }
  return events;
}

/** The step of an event; -1 where it belongs to none. */
export function stepOf(event: RunEvent): number {
  return "step" in event ? (event.step ?? -1) : -1;
}

/** What each type must carry besides `type` and `time`, as `typeof` says it. */
const required: Readonly<Record<RunEvent["type"], Readonly<Record<string, string>>>> = {
  start: { info: "object" },
  resume: { step: "number", info: "object" },
  scalars: { step: "number", kimg: "number", elapsedMs: "number", values: "object" },
  sample: { step: "number", file: "string" },
  checkpoint: { step: "number", file: "string" },
  metrics: { step: "number", metrics: "object" },
  health: { step: "number", checkup: "object" },
  diagnosis: { step: "number", illness: "string", sentence: "string" },
  guard: { step: "number", from: "number", illness: "string", settings: "object" },
  warning: { message: "string" },
  stop: { step: "number", reason: "string" },
};

function parseEvent(line: string): StoredEvent | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null) return undefined;
  const event = json as Record<string, unknown>;
  const fields = Object.hasOwn(required, String(event.type))
    ? required[event.type as RunEvent["type"]]
    : undefined;
  if (fields === undefined || typeof event.time !== "number") return undefined;
  for (const [key, type] of Object.entries(fields)) {
    if (typeof event[key] !== type || event[key] === null) return undefined;
  }
  return event as unknown as StoredEvent;
}
