import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
} from "node:fs";
import { join } from "node:path";
import { GansmithError, usageError } from "../../util/errors.ts";
import { ioError, writeAll } from "../../util/node/files.ts";
import { encodeMessage, type MessageSchema } from "../../util/protobuf.ts";
import { encodeRecord, scanRecords } from "./tfrecord.ts";

const image: MessageSchema = {
  height: { id: 1, type: "int32" },
  width: { id: 2, type: "int32" },
  colorspace: { id: 3, type: "int32" },
  encoded: { id: 4, type: "bytes" },
};
const dimension: MessageSchema = { size: { id: 1, type: "int64" } };
const tensorShape: MessageSchema = { dim: { id: 2, type: () => dimension, repeated: true } };
const tensor: MessageSchema = {
  dtype: { id: 1, type: "int32" },
  tensorShape: { id: 2, type: () => tensorShape },
  stringVal: { id: 8, type: "bytes", repeated: true },
};
const pluginData: MessageSchema = { pluginName: { id: 1, type: "string" } };
const metadata: MessageSchema = { pluginData: { id: 1, type: () => pluginData } };
const value: MessageSchema = {
  tag: { id: 1, type: "string" },
  simpleValue: { id: 2, type: "float" },
  image: { id: 4, type: () => image },
  tensor: { id: 8, type: () => tensor },
  metadata: { id: 9, type: () => metadata },
};
const summary: MessageSchema = { value: { id: 1, type: () => value, repeated: true } };
const sessionLog: MessageSchema = { status: { id: 1, type: "int32" } };

/** The part of TensorFlow's event.proto that is written here. */
export const EVENT_SCHEMA: MessageSchema = {
  wallTime: { id: 1, type: "double" },
  step: { id: 2, type: "int64" },
  fileVersion: { id: 3, type: "string" },
  summary: { id: 5, type: () => summary },
  sessionLog: { id: 7, type: () => sessionLog },
};
const FILE_VERSION = "brain.Event:2";
/** SessionLog.START: readers drop what they have from this step on. */
const SESSION_START = 1;
/** DataType.DT_STRING. */
const STRINGS = 7;

const FILE_NAME = /^events\.out\.tfevents\.(\d+)\.gansmith$/;
const FLUSH_BYTES = 1 << 16;
const FLUSH_INTERVAL_MS = 5000;

export interface TensorBoardOptions {
  /** The step of the checkpoint that the run goes on from: later events no longer count. */
  readonly resumeStep?: number;
}

/**
 * Appends scalars, images and texts to a TensorBoard event file in `folder` (one file per run, continued on
 * resume). Records are gathered and written every few seconds, and at once by `flush`. A record that
 * a kill cut short is removed when the folder is next opened; a file that is damaged elsewhere is
 * left as it is, and a new one begins. One writer at a time: hold the run folder's lock.
 */
export class TensorBoardWriter {
  readonly path: string;
  readonly #file: number;
  #size: number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #lastFlush = performance.now();
  #failure: GansmithError | undefined;
  #closed = false;

  /** Throws a GansmithError ("io") if the folder or file cannot be written. */
  constructor(folder: string, { resumeStep }: TensorBoardOptions = {}) {
    if (resumeStep !== undefined) checkStep(resumeStep);
    try {
      mkdirSync(folder, { recursive: true });
      const { path, soundBytes } = chooseFile(folder);
      this.path = path;
      this.#size = soundBytes;
      this.#file = openSync(path, "a");
      if (fstatSync(this.#file).size > soundBytes) ftruncateSync(this.#file, soundBytes);
    } catch (error) {
      throw ioError(`open a TensorBoard file in ${folder}`, error);
    }
    if (this.#size === 0) this.#add({ fileVersion: FILE_VERSION });
    if (resumeStep !== undefined) {
      this.#add({ step: resumeStep + 1, sessionLog: { status: SESSION_START } });
    }
    this.flush();
  }

  /** Adds one point of a curve; `tag` groups by its part before a slash, `loss/generator`. */
  scalar(tag: string, simpleValue: number, step: number): void {
    this.#addSummary(step, [{ tag: checkTag(tag), simpleValue }]);
  }

  /** Adds one point to several curves. */
  scalars(values: Readonly<Record<string, number>>, step: number): void {
    const list = Object.entries(values);
    if (list.length === 0) return;
    this.#addSummary(
      step,
      list.map(([tag, simpleValue]) => ({ tag: checkTag(tag), simpleValue })),
    );
  }

  /** Adds a picture: the bytes of a PNG file. Throws a usage error for anything else. */
  image(tag: string, png: Uint8Array, step: number): void {
    this.#addSummary(step, [{ tag: checkTag(tag), image: { ...pngHeader(png), encoded: png } }]);
  }

  /** Adds texts, which TensorBoard's text page shows as a table with a line each, as Markdown. */
  texts(tag: string, texts: readonly string[], step: number): void {
    const stringVal = texts.map((text) => new TextEncoder().encode(text));
    const shape = { dim: [{ size: texts.length }] };
    const values = { dtype: STRINGS, tensorShape: shape, stringVal };
    const own = { pluginData: { pluginName: "text" } };
    this.#addSummary(step, [{ tag: checkTag(tag), tensor: values, metadata: own }]);
  }

  /** Writes what is pending; `durable` also waits until the disk has it. */
  flush({ durable = false }: { readonly durable?: boolean } = {}): void {
    if (this.#closed) return;
    if (this.#failure) throw this.#failure;
    this.#lastFlush = performance.now();
    try {
      for (const record of this.#pending) {
        writeAll(this.#file, record);
        this.#size += record.byteLength;
      }
      this.#pending = [];
      this.#pendingBytes = 0;
      if (durable) fsyncSync(this.#file);
    } catch (error) {
      this.#failure = ioError(`write ${this.path}`, error);
      this.#cutHalfRecord();
      throw this.#failure;
    }
  }

  /** Writes what is pending and closes; a second call does nothing. */
  close(): void {
    if (this.#closed) return;
    try {
      if (!this.#failure) this.flush({ durable: true });
    } finally {
      this.#closed = true;
      closeSync(this.#file);
    }
  }

  #addSummary(step: number, values: readonly object[]): void {
    checkStep(step);
    if (this.#closed) throw new GansmithError("io", `${this.path} is closed for writing.`);
    if (this.#failure) throw this.#failure;
    this.#add({ step, summary: { value: values } });
    const late = performance.now() - this.#lastFlush >= FLUSH_INTERVAL_MS;
    if (late || this.#pendingBytes >= FLUSH_BYTES) this.flush();
  }

  #add(event: object): void {
    const record = encodeRecord(
      encodeMessage(EVENT_SCHEMA, { wallTime: Date.now() / 1000, ...event }),
    );
    this.#pending.push(record);
    this.#pendingBytes += record.byteLength;
  }

  #cutHalfRecord(): void {
    try {
      ftruncateSync(this.#file, this.#size);
    } catch {
      // The next open cuts it.
    }
  }
}

/** The newest of our files if it can be continued, else a new name that sorts after all others. */
function chooseFile(folder: string): { path: string; soundBytes: number } {
  const seconds = readdirSync(folder)
    .map((name) => FILE_NAME.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number);
  const newest = Math.max(0, ...seconds);
  if (newest > 0) {
    const path = join(folder, fileName(newest));
    const { soundBytes, end } = scanRecords(readFileSync(path));
    if (end !== "damaged") return { path, soundBytes };
  }
  const now = Math.floor(Date.now() / 1000);
  return { path: join(folder, fileName(Math.max(now, newest + 1))), soundBytes: 0 };
}

/** TensorBoard reads a folder's files in the order of their names. */
function fileName(seconds: number): string {
  return `events.out.tfevents.${String(seconds).padStart(10, "0")}.gansmith`;
}

function checkTag(tag: string): string {
  if (tag === "") throw usageError("TensorBoard: a tag must not be empty.");
  return tag;
}

function checkStep(step: number): void {
  if (!Number.isSafeInteger(step) || step < 0) {
    throw usageError(`TensorBoard: a step must be a whole number >= 0, received ${step}.`);
  }
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Channels of each PNG colour type; a palette is shown as RGB. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };

function pngHeader(png: Uint8Array): { height: number; width: number; colorspace: number } {
  const colorspace = CHANNELS[png[25] ?? -1];
  if (PNG_SIGNATURE.some((byte, i) => png[i] !== byte) || colorspace === undefined) {
    throw usageError("TensorBoard: an image must be the bytes of a PNG file.");
  }
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20), colorspace };
}
