import { unzipSync, type Zippable, zipSync } from "fflate";
import { checkConfig, type RunConfig } from "../../recipes/index.ts";
import type { Checkpoint } from "../../train/run-folder/checkpoint-content.ts";
import {
  checkStep,
  decodeTensors,
  stepOfManifest,
} from "../../train/run-folder/checkpoint-files.ts";
import { parseManifest } from "../../train/run-folder/checkpoint-manifest.ts";
import { addEvent, parseEvent, type StoredEvent } from "../../train/run-folder/run-event.ts";
import { parseHeader, type RunHeader } from "../../train/run-folder/run-header.ts";
import { GansmithError, usageError } from "../../util/errors.ts";
import type { GivenFile, LabFiles } from "./lab-data.ts";

/** More than a page can hold; keeps a small zip from declaring it. */
const maxBytes = 1 << 30;

/** A run as its files say it. */
export interface OpenedRun {
  readonly header: RunHeader;
  readonly config: RunConfig;
  readonly checkpoint: Checkpoint;
  /** Whole lines of `events.jsonl`, and what they say. */
  readonly lines: readonly string[];
  readonly events: readonly StoredEvent[];
  /** Everything in the folder, by path. */
  readonly files: LabFiles;
}

/** A run folder as a zip, in which it has its own folder. */
export function packRun(folder: string, files: LabFiles): Uint8Array {
  const entries: Zippable = {};
  for (const [path, bytes] of files) {
    // Weights and pictures hardly get smaller.
    const level = /\.(safetensors|png)$/.test(path) ? 0 : 6;
    entries[`${folder}/${path}`] = [bytes, { level }];
  }
  return zipSync(entries);
}

/**
 * The files of a run: those of a zip, or files that were picked one by one. Throws a data error for a zip
 * that cannot be read, and a usage error where no run is in it.
 */
export function filesOfRun(given: readonly GivenFile[]): LabFiles {
  const [first] = given;
  const all =
    first && given.length === 1 && isZip(first.bytes)
      ? unzipped(first)
      : new Map(given.map(({ name, bytes }) => [placeOf(name), bytes]));
  const config = [...all.keys()]
    .filter((path) => /(^|\/)config\.json$/.test(path))
    .sort((a, b) => a.length - b.length)[0];
  if (config === undefined) {
    throw usageError(
      `${given.map((f) => f.name).join(", ")}: there is no config.json, expected the zip of a run, or config.json, events.jsonl and the two files of a checkpoint.`,
    );
  }
  const folder = config.slice(0, -"config.json".length);
  return new Map(
    [...all].flatMap(([path, bytes]) =>
      path.startsWith(folder) ? [[path.slice(folder.length), bytes] as const] : [],
    ),
  );
}

/** Where a file that came without its folder belongs. */
function placeOf(name: string): string {
  return stepOfManifest(name) !== undefined || name.endsWith(".safetensors")
    ? `checkpoints/${name}`
    : name;
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

function unzipped({ name, bytes }: GivenFile): LabFiles {
  let total = 0;
  try {
    const entries = unzipSync(bytes, {
      filter: ({ originalSize }) => {
        total += originalSize;
        if (total > maxBytes) throw new Error(`it unpacks to more than ${maxBytes >> 20} MiB`);
        return true;
      },
    });
    return new Map(Object.entries(entries).filter(([path]) => !path.endsWith("/")));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new GansmithError("data", `${name} is damaged: ${why}; download or copy it again.`, {
      cause: error,
    });
  }
}

/**
 * Reads a run of images with its newest whole checkpoint. Throws what `gansmith resume` would throw for
 * damage, and a usage error for a run of another kind or without a checkpoint.
 */
export function readRun(files: LabFiles): OpenedRun {
  const text = (path: string) => new TextDecoder().decode(files.get(path));
  const header = parseHeader(text("config.json"), "config.json", "this");
  if (header.config.kind !== undefined) {
    throw usageError(`this is a run of ${String(header.config.kind)}; the lab trains on images.`);
  }
  const config = checkConfig(header.config);
  const lines = text("events.jsonl").split("\n").slice(0, -1);
  const events: StoredEvent[] = [];
  for (const line of lines) {
    const event = parseEvent(line);
    if (event) addEvent(events, event);
  }
  return { header, config, checkpoint: newestCheckpoint(files), lines, events, files };
}

function newestCheckpoint(files: LabFiles): Checkpoint {
  const steps = [...files.keys()].flatMap((path) => {
    const [folder, name = ""] = path.split("/");
    const step = folder === "checkpoints" ? stepOfManifest(name) : undefined;
    return step === undefined ? [] : [{ step, path }];
  });
  if (steps.length === 0) throw usageError("this run has no checkpoint; train it first.");
  let first: unknown;
  for (const { step, path } of steps.sort((a, b) => b.step - a.step)) {
    try {
      return readCheckpoint(files, step, path);
    } catch (error) {
      if (!(error instanceof GansmithError)) throw error;
      first ??= error;
    }
  }
  throw first;
}

function readCheckpoint(files: LabFiles, step: number, path: string): Checkpoint {
  const manifest = parseManifest(files.get(path) as Uint8Array, path);
  checkStep(manifest, step, path);
  const place = `checkpoints/${manifest.file}`;
  const content = files.get(place);
  if (!content) {
    throw new GansmithError("checkpoint", `${place} is missing, which ${path} belongs to.`);
  }
  return { step, state: manifest.state, tensors: decodeTensors(manifest, content, place) };
}
