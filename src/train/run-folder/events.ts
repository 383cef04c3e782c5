import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
} from "node:fs";
import { GansmithError } from "../../util/errors.ts";
import { checkJson } from "../../util/json.ts";
import { errorCode, ioError, writeAll } from "../../util/node/files.ts";
import { addEvent, parseEvent, type RunEvent, type StoredEvent } from "./run-event.ts";

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
 * The events of a run, in order, without those that a later one superseded (`addEvent`). A run without
 * events gives []; the half line of a writer at work or killed is left out; `onDamaged` hears the
 * numbers of lines that cannot be read (from 1).
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
  const events: StoredEvent[] = [];
  const lines = text.split("\n");
  lines.pop();
  for (const [i, line] of lines.entries()) {
    const event = parseEvent(line);
    if (event === undefined) onDamaged?.(i + 1);
    else addEvent(events, event);
  }
  return events;
}
