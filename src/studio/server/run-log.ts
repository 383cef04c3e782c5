import { type FSWatcher, watch } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { addEvent, parseEvent, type StoredEvent } from "../../train/run-folder/run-event.ts";
import { lockHolder } from "../../train/run-folder/run-lock.ts";
import { errorCode, ioError } from "../../util/node/files.ts";
import type { FeedMessages, RunState } from "../runs/api.ts";
import { stateOf } from "../runs/summarize-events.ts";
import { thinScalars } from "../runs/thin-scalars.ts";

/** Hears server-sent events, ready to be written. */
export type FeedListener = (frame: Uint8Array) => void;

/** Entries of losses that a page gets at most when it opens a run, */
const sentScalars = 1000;
/** and that are kept of a run that is watched. */
const keptScalars = 20_000;
/** What is read at a time: other requests are answered in between. */
const blockBytes = 1 << 20;
/** Where watching files does not work, a live run is looked at this often. */
const pollMs = 1000;
/** What a writer does in one go arrives as several notices. */
const settleMs = 40;

/**
 * The events of a run as they are written, read once for all who watch. Nothing is watched while nobody
 * does. `events.jsonl` is only read, so a run does not know that it is watched.
 */
export class RunLog {
  readonly #folder: string;
  readonly #path: string;
  #events: StoredEvent[] = [];
  /** Bytes read, up to a line's end. */
  #offset = 0;
  #state: RunState | undefined;
  #reading: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  readonly #listeners = new Set<FeedListener>();
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, "events.jsonl");
  }

  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  /** What was read so far. */
  get events(): readonly StoredEvent[] {
    return this.#events;
  }

  /** Reads what was written until now; one reading at a time, and one more serves all who ask meanwhile. */
  refresh(): Promise<void> {
    if (this.#reading) {
      this.#next ??= this.#reading
        .catch(() => {})
        .then(() => {
          this.#next = undefined;
          return this.refresh();
        });
      return this.#next;
    }
    this.#reading = this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Sends the history, then what comes. Returns the end of it. Throws when the file cannot be read. */
  async subscribe(listener: FeedListener): Promise<() => void> {
    await this.refresh();
    listener(this.#history());
    listener(frame("state", this.#lookAtState()));
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#watch();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#unwatch();
    };
  }

  #watch(): void {
    try {
      this.#watcher = watch(this.#folder, () => this.#wake());
      // Watches may run out, and the folder may go away: the timer is there.
      this.#watcher.on("error", () => this.#watcher?.close());
    } catch {
      this.#watcher = undefined;
    }
    this.#timer = setInterval(() => this.#wake(), pollMs);
  }

  #unwatch(): void {
    this.#watcher?.close();
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#soon = undefined;
  }

  #wake(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      // What cannot be read now is tried again a second later.
      this.refresh().then(
        () => this.#tellState(),
        () => {},
      );
    }, settleMs);
  }

  #tellState(): void {
    const before = this.#state;
    if (this.#lookAtState() !== before) this.#tell(frame("state", this.#state as RunState));
  }

  #lookAtState(): RunState {
    this.#state = stateOf(this.#events, lockHolder(this.#folder) !== undefined);
    return this.#state;
  }

  async #read(): Promise<void> {
    try {
      const file = await open(this.#path);
      try {
        const { size } = await file.stat();
        if (size < this.#offset) this.#startAnew();
        const block = Buffer.allocUnsafe(Math.min(blockBytes, Math.max(1, size - this.#offset)));
        let rest = Buffer.alloc(0);
        for (let at = this.#offset; at < size; ) {
          const { bytesRead } = await file.read(block, 0, block.length, at);
          if (bytesRead === 0) break;
          at += bytesRead;
          rest = this.#take(Buffer.concat([rest, block.subarray(0, bytesRead)]));
        }
      } finally {
        await file.close();
      }
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw ioError(`read ${this.#path}`, error);
      if (this.#offset > 0) this.#startAnew();
    }
  }

  /** Another file has taken the place of the one that was read. */
  #startAnew(): void {
    this.#events = [];
    this.#offset = 0;
    this.#tell(this.#history());
  }

  /** Takes the whole lines of what was read; returns the half one. */
  #take(bytes: Buffer): Buffer<ArrayBuffer> {
    const end = bytes.lastIndexOf(10) + 1;
    this.#offset += end;
    const lines = bytes.toString("utf8", 0, end).split("\n");
    const fresh = lines.map(parseEvent).filter((event) => event !== undefined);
    for (const event of fresh) addEvent(this.#events, event);
    if (this.#events.length > 2 * keptScalars) {
      this.#events = thinScalars(this.#events, keptScalars);
    }
    if (fresh.length > 0 && this.watched) this.#tell(frame("events", fresh));
    return Buffer.from(bytes.subarray(end));
  }

  #history(): Uint8Array {
    return frame("history", thinScalars(this.#events, sentScalars));
  }

  #tell(message: Uint8Array): void {
    for (const listener of this.#listeners) listener(message);
  }
}

/** A server-sent event. */
function frame<T extends keyof FeedMessages>(event: T, data: FeedMessages[T]): Uint8Array {
  return new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
