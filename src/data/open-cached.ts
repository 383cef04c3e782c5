import { createHash, randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { availableParallelism, homedir } from "node:os";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { GansmithError } from "../util/errors.ts";
import type { JsonValue } from "../util/json.ts";
import { errorCode, ioError, writeAll } from "../util/node/files.ts";
import { sha256 } from "./content-hash.ts";
import type { DecodePlan } from "./decode-plan.ts";
import { CHUNK_BYTES, encodeTail, MAGIC, openImageCache } from "./image-cache.ts";
import type { DataRequest, ImageDataset, Split } from "./image-dataset.ts";
import { inOrder } from "./in-order.ts";

const STALE_MS = 24 * 60 * 60 * 1000;

/** Which cache file: everything that decides its content. */
export interface CacheIdentity {
  readonly name: string;
  readonly split: Split;
  /** Content hash, options, size, channels, decoder version. */
  readonly key: JsonValue;
}

/** Where decoded images are kept. */
export function cacheFolder(request?: { readonly cacheDir?: string | undefined }): string {
  return request?.cacheDir ?? (process.env.GANSMITH_CACHE || join(homedir(), ".cache", "gansmith"));
}

/**
 * Opens the decoded images of `identity`, decoding them first when they are missing or damaged.
 * Two processes may build the same file at once: each writes its own and the last rename stands.
 */
export async function openCached(
  identity: CacheIdentity,
  request: DataRequest,
  plan: () => Promise<DecodePlan>,
): Promise<ImageDataset> {
  const key = sha256(JSON.stringify([MAGIC, identity.name, identity.split, identity.key]));
  const folder = cacheFolder(request);
  const path = join(folder, `${identity.name}-${identity.split}-${key.slice(0, 32)}.images`);
  const cached = openIfSound(path, key);
  if (cached) return cached;
  try {
    mkdirSync(folder, { recursive: true });
    removeStale(folder);
  } catch (error) {
    throw ioError(`make the cache folder ${folder} (set GANSMITH_CACHE to choose another)`, error);
  }
  let decoding: DecodePlan | undefined;
  try {
    decoding = await plan();
    await build(path, key, identity, decoding, request);
  } catch (error) {
    if (!request.signal?.aborted) throw error;
    throw new GansmithError("data", `decoding of data set "${identity.name}" was stopped.`, {
      cause: error,
    });
  } finally {
    decoding?.close?.();
  }
  // What was just written is known to be whole.
  return openImageCache(path, { verify: false });
}

function openIfSound(path: string, key: string): ImageDataset | undefined {
  try {
    return openImageCache(path, { verify: true, key });
  } catch (error) {
    // Missing or damaged: build it again. Any other refusal of the system is told.
    if (error instanceof GansmithError && error.kind === "data") return undefined;
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error))) return undefined;
    throw ioError(`open ${path}`, error);
  }
}

async function build(
  path: string,
  key: string,
  identity: CacheIdentity,
  plan: DecodePlan,
  request: DataRequest,
): Promise<void> {
  const temp = join(dirname(path), `.${randomUUID()}.images.tmp`);
  const imageBytes = plan.channels * plan.size * plan.size;
  let file: number | undefined;
  try {
    file = openSync(temp, "wx");
    const payload = createHash("sha256");
    const chunk = new Uint8Array(Math.max(1, Math.floor(CHUNK_BYTES / imageBytes)) * imageBytes);
    let filled = 0;
    const flush = (out: number): void => {
      const bytes = chunk.subarray(0, filled);
      payload.update(bytes);
      writeAll(out, bytes);
      filled = 0;
    };
    const labels: number[] = [];
    const width = Math.min(8, availableParallelism() + 1);
    for await (const [i, pixels] of inOrder(plan.count, width, (j) => plan.decode(j))) {
      request.signal?.throwIfAborted();
      request.onProgress?.(i + 1, plan.count);
      if (!pixels) continue;
      chunk.set(pixels, filled);
      filled += imageBytes;
      labels.push(plan.labelOf(i));
      if (filled === chunk.length) {
        flush(file);
        await setImmediate();
      }
    }
    flush(file);
    if (labels.length === 0) {
      throw new GansmithError(
        "data",
        `data set "${identity.name}": none of its ${plan.count} ${identity.split} images can be read.`,
      );
    }
    const labelBytes = new Uint8Array(Int32Array.from(labels).buffer);
    payload.update(labelBytes);
    writeAll(file, labelBytes);
    writeAll(
      file,
      encodeTail({
        key,
        name: identity.name,
        split: identity.split,
        count: labels.length,
        channels: plan.channels,
        size: plan.size,
        classes: [...plan.classes],
        skipped: plan.count - labels.length,
        fingerprint: payload.digest("hex"),
      }),
    );
    // No fsync: a file torn by a power cut fails its checksum and is decoded again.
    closeSync(file);
    file = undefined;
    renameSync(temp, path);
  } catch (error) {
    throw ioError(`write ${path} (set GANSMITH_CACHE to keep decoded images elsewhere)`, error);
  } finally {
    if (file !== undefined) closeSync(file);
    rmSync(temp, { force: true });
  }
}

/** Removes what killed builders left behind a day ago or more. */
function removeStale(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".images.tmp")) continue;
    const path = join(folder, name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Infinity };
    if (Date.now() - mtimeMs > STALE_MS) rmSync(path, { force: true });
  }
}
