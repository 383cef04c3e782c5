import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { safetensorsChunks } from "../../onnx/safetensors.ts";
import { GansmithError, usageError } from "../../util/errors.ts";
import { checkJson } from "../../util/json.ts";
import {
  commitTemporary,
  errorCode,
  ioError,
  readFileChunks,
  removeTemporaries,
  syncFolder,
  writeFileAtomic,
  writeTemporary,
} from "../../util/node/files.ts";
import type { Checkpoint } from "./checkpoint-content.ts";
import {
  checkStep,
  decodeTensors,
  manifestNameOf,
  stemOf,
  stepOfManifest,
  tensorsNameOf,
} from "./checkpoint-files.ts";
import {
  type CheckpointMetric,
  encodeManifest,
  type Manifest,
  parseManifest,
  tensorsName,
} from "./checkpoint-manifest.ts";

/** A checkpoint read back, and what had to be passed over to find it. */
export interface LoadedCheckpoint extends Checkpoint {
  readonly metric?: CheckpointMetric;
  /** The manifest's path. */
  readonly path: string;
  /** One sentence for each damaged checkpoint that was passed over. */
  readonly warnings: readonly string[];
}

/** A checkpoint as listed, not yet verified. */
export interface CheckpointInfo {
  readonly step: number;
  readonly path: string;
  readonly metric?: CheckpointMetric;
}

/**
 * The checkpoints of one run: `000123.json` (step, state, metric, and the size and sha256 of the
 * tensors) beside `000123-<hash>.safetensors`. A manifest is renamed into place only after its
 * tensors are durable, and older checkpoints are deleted only after that: a kill at any instant leaves
 * the checkpoint before. Every flipped byte is detected.
 */
export class CheckpointStore {
  readonly path: string;
  /** How many of the latest are kept; the best by metric is kept besides. */
  readonly keep: number;
  /** Steps whose checkpoints are kept besides. */
  pinned: readonly number[] = [];

  constructor(path: string, { keep = 3 }: { readonly keep?: number } = {}) {
    if (!Number.isSafeInteger(keep) || keep < 1) {
      throw usageError(`the number of checkpoints to keep must be at least 1, received ${keep}.`);
    }
    this.path = path;
    this.keep = keep;
  }

  /**
   * Writes a checkpoint and then deletes those no longer kept; returns the manifest's path.
   * Hold the run folder's lock. Throws a usage error for state that JSON cannot hold, and
   * `GansmithError` ("io") when the disk refuses: the checkpoints before are then untouched.
   */
  save(checkpoint: Checkpoint, metric?: CheckpointMetric): string {
    const { step, tensors, state } = checkpoint;
    if (!Number.isSafeInteger(step) || step < 0) {
      throw usageError(`a checkpoint's step must be a whole number >= 0, received ${step}.`);
    }
    checkJson(state, "checkpoint state");
    if (metric) checkJson(metric.value, `checkpoint metric ${metric.name}`);
    const hash = createHash("sha256");
    let bytes = 0;
    const temp = writeTemporary(
      join(this.path, `${stemOf(step)}.safetensors`),
      watch(safetensorsChunks(tensors), (chunk) => {
        hash.update(chunk);
        bytes += chunk.length;
      }),
    );
    const sha256 = hash.digest("hex");
    const file = tensorsNameOf(step, sha256);
    commitTemporary(temp, join(this.path, file));
    const path = join(this.path, manifestNameOf(step));
    try {
      writeFileAtomic(path, encodeManifest({ step, file, bytes, sha256, metric, state }));
    } catch (error) {
      // A full disk needs the room that these tensors take; without a manifest they are worth nothing.
      this.cleanUp();
      throw error;
    }
    this.#prune();
    return path;
  }

  /** All checkpoints with a readable manifest, oldest first; contents are verified by loading. */
  list(): CheckpointInfo[] {
    return this.#manifests()
      .filter((entry) => entry.manifest !== undefined)
      .map(({ step, path, manifest }) => ({
        step,
        path,
        ...(manifest?.metric && { metric: manifest.metric }),
      }));
  }

  /**
   * The newest checkpoint that is whole; a damaged one is passed over with a warning.
   * `undefined` when there is none at all. Throws `GansmithError` ("checkpoint") when all are damaged.
   */
  latest(): LoadedCheckpoint | undefined {
    return this.#firstWhole(this.#manifests().reverse());
  }

  /** As `latest`. Throws a checkpoint error where there is none, which says how the run gets one. */
  newest(run: string): LoadedCheckpoint {
    const found = this.latest();
    if (found) return found;
    throw new GansmithError(
      "checkpoint",
      `${run} has no checkpoint; train it first with \`gansmith resume ${run}\`.`,
    );
  }

  /** The best checkpoint by its metric, else as `latest`. */
  best(): LoadedCheckpoint | undefined {
    const entries = this.#manifests().reverse();
    const ranked = rankByMetric(entries);
    return this.#firstWhole([...ranked, ...entries.filter((e) => !ranked.includes(e))]);
  }

  /** The checkpoint of one step. Throws a usage error when there is none, "checkpoint" if damaged. */
  at(step: number): LoadedCheckpoint {
    const entries = this.#manifests();
    const entry = entries.find((e) => e.step === step);
    if (entry === undefined) {
      const known = entries.map((e) => e.step).join(", ") || "none";
      throw usageError(`${this.path} has no checkpoint of step ${step}; there are: ${known}.`);
    }
    return this.#load(entry, []);
  }

  /**
   * Deletes checkpoints after `step`. Call it when a run resumes from `step`, so that `latest` never
   * returns to what the resumed run superseded. Hold the run folder's lock.
   */
  discardAfter(step: number): void {
    for (const entry of this.#manifests()) if (entry.step > step) this.#remove(entry);
    this.cleanUp();
  }

  /** Removes what a killed writer left: temporary files and tensors that no manifest names. */
  cleanUp(): void {
    try {
      removeTemporaries(this.path);
      const entries = this.#manifests();
      // A damaged manifest may name any tensors of its step; those stay for a person to look at.
      const damaged = entries.filter((e) => e.manifest === undefined).map((e) => e.step);
      const named = new Set(entries.map((e) => e.manifest?.file));
      for (const name of readdirSync(this.path)) {
        if (!tensorsName.test(name) || named.has(name)) continue;
        if (!damaged.includes(Number.parseInt(name, 10))) rmSync(join(this.path, name));
      }
    } catch (error) {
      throw ioError(`clean up ${this.path}`, error);
    }
  }

  #prune(): void {
    const entries = this.#manifests().reverse();
    const kept = new Set(entries.slice(0, this.keep));
    for (const entry of entries) if (this.pinned.includes(entry.step)) kept.add(entry);
    const best = rankByMetric(entries)[0];
    if (best) kept.add(best);
    const old = entries.filter((entry) => !kept.has(entry));
    for (const entry of old) this.#remove(entry);
    this.cleanUp();
  }

  /** The manifest goes first: tensors without one are leftovers, one without tensors is damage. */
  #remove(entry: Entry): void {
    try {
      rmSync(entry.path, { force: true });
      syncFolder(this.path);
      if (entry.manifest) rmSync(join(this.path, entry.manifest.file), { force: true });
    } catch (error) {
      throw ioError(`delete the old checkpoint ${entry.path}`, error);
    }
  }

  /** Oldest first. */
  #manifests(): Entry[] {
    let names: string[];
    try {
      names = readdirSync(this.path);
    } catch (error) {
      if (errorCode(error) === "ENOENT") return [];
      throw ioError(`read ${this.path}`, error);
    }
    return names
      .flatMap((name): Entry[] => {
        const step = stepOfManifest(name);
        if (step === undefined) return [];
        const path = join(this.path, name);
        try {
          const manifest = parseManifest(readFileSync(path), path);
          checkStep(manifest, step, path);
          return [{ step, path, manifest }];
        } catch (error) {
          return [{ step, path, error: ioError(`read ${path}`, error) }];
        }
      })
      .sort((a, b) => a.step - b.step);
  }

  #firstWhole(entries: readonly Entry[]): LoadedCheckpoint | undefined {
    const warnings: string[] = [];
    for (const entry of entries) {
      try {
        return this.#load(entry, warnings);
      } catch (error) {
        if (!(error instanceof GansmithError)) throw error;
        warnings.push(error.message);
      }
    }
    if (warnings.length === 0) return undefined;
    throw new GansmithError(
      "checkpoint",
      `no checkpoint in ${this.path} can be read. ${warnings.join(" ")}`,
    );
  }

  #load(entry: Entry, warnings: readonly string[]): LoadedCheckpoint {
    if (entry.manifest === undefined) throw entry.error;
    const { file, step, state, metric } = entry.manifest;
    const path = join(this.path, file);
    const hash = createHash("sha256");
    let content: Uint8Array;
    try {
      content = readFileChunks(path, (chunk) => hash.update(chunk));
    } catch (error) {
      throw ioError(`read the checkpoint ${path}`, error);
    }
    const tensors = decodeTensors(entry.manifest, content, path, hash.digest("hex"));
    return { step, tensors, state, path: entry.path, warnings, ...(metric && { metric }) };
  }
}

type Entry =
  | {
      readonly step: number;
      readonly path: string;
      readonly manifest: Manifest;
      readonly error?: never;
    }
  | {
      readonly step: number;
      readonly path: string;
      readonly manifest?: never;
      readonly error: GansmithError;
    };

/** Best first; of equals the newer. The newest metric's name decides which metric counts. */
function rankByMetric(newestFirst: readonly Entry[]): Entry[] {
  const metricOf = (entry: Entry) => entry.manifest?.metric;
  const rule = newestFirst.map(metricOf).find((metric) => metric !== undefined);
  if (rule === undefined) return [];
  const sign = rule.better === "lower" ? 1 : -1;
  return newestFirst
    .filter((entry) => metricOf(entry)?.name === rule.name)
    .sort((a, b) => sign * ((metricOf(a)?.value ?? 0) - (metricOf(b)?.value ?? 0)));
}

function* watch(
  chunks: Iterable<Uint8Array>,
  see: (chunk: Uint8Array) => void,
): Generator<Uint8Array> {
  for (const chunk of chunks) {
    see(chunk);
    yield chunk;
  }
}
