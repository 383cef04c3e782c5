import { createHash } from "node:crypto";
import { z } from "zod";
import { GansmithError, usageError } from "../util/errors.ts";
import type { JsonValue } from "../util/json.ts";
import { parseWith } from "../util/parse-with.ts";
import type { DataRequest, ImageDataset } from "./image-dataset.ts";
import { limitSchema } from "./limited.ts";

/** Which data set, with its options: plain JSON, such as `{ name: "folder", path: "./icons" }`. */
export interface DataSpec {
  readonly name: string;
  /** Only so many training images; the test images stay the same. */
  readonly limit?: number;
  readonly [option: string]: JsonValue;
}

/** A data set or a format: one file in `sources/` and one line in `registry.ts`. */
export interface DataSource {
  readonly name: string;
  /** One line for lists of data sets. */
  readonly summary: string;
  /** The options beside `name` and `limit`; unknown ones are refused. */
  readonly schema: z.ZodType;
  /** Names of the options that are paths. */
  readonly paths?: readonly string[];
  /** `options` have passed `schema`, `request` has passed `checkRequest`. */
  open(options: unknown, request: DataRequest): Promise<ImageDataset>;
}

/** Ties a source's options to its schema, so that `open` is typed. */
export function dataSource<S extends z.ZodType>(source: {
  readonly name: string;
  readonly summary: string;
  readonly schema: S;
  readonly paths?: readonly string[];
  open(options: z.output<S>, request: DataRequest): Promise<ImageDataset>;
}): DataSource {
  return {
    ...source,
    open: (options, request) => source.open(options as z.output<S>, request),
  };
}

/** Checks the options of a spec; throws a usage error that names the option. */
export function parseOptions(source: DataSource, spec: DataSpec): unknown {
  const { name, limit, ...options } = spec;
  const who = `data set "${name}"`;
  const parsed = parseWith(source.schema, options, who, "data");
  parseWith(z.object({ limit: limitSchema }), { limit }, who, "data");
  return parsed;
}

const requestSchema = z.object({
  size: z.number().int().min(4).max(1024).optional(),
  channels: z.union([z.literal(1), z.literal(3)]).optional(),
  split: z.enum(["train", "test"]),
  cacheDir: z.string().min(1).optional(),
});

/** Checks what the caller asks for; throws a usage error. */
export function checkRequest(request: DataRequest): void {
  const parsed = requestSchema.safeParse(request);
  if (parsed.success) return;
  const field = String(parsed.error.issues[0]?.path[0] ?? "");
  const rules: Readonly<Record<string, string>> = {
    size: "data size must be a whole number of pixels from 4 to 1024",
    channels: "data channels must be 1 (grey) or 3 (colour)",
    split: 'data split must be "train" or "test"',
    cacheDir: "data cacheDir must be a path",
  };
  const received = (request as unknown as Record<string, unknown> | null)?.[field];
  throw usageError(`${rules[field] ?? "a data request must be an object"}, received ${received}.`);
}

/** The share of images kept for judging where a data set has no test split of its own. */
export const testShareSchema = z.number().min(0).max(0.5).default(0.1);

/**
 * Splits by a hash of each image's name, so that adding images moves no other between the splits.
 * Names with equal `groups` stay together. With two groups or more neither split is empty, unless
 * `share` is 0. Returns the indices of `split`.
 */
export function hashSplit(
  groups: readonly string[],
  share: number,
  split: "train" | "test",
): number[] {
  const place = new Map<string, number>();
  for (const g of groups) {
    if (!place.has(g)) {
      place.set(g, createHash("sha256").update(g).digest().readUInt32BE(0) / 0x1_0000_0000);
    }
  }
  // The nearest group is drawn in, or pushed out, when the share alone leaves a split empty.
  const sorted = [...place.values()].sort((a, b) => a - b);
  let limit = share;
  if (share > 0 && sorted.length > 1) {
    const second = sorted[1] as number;
    const last = sorted[sorted.length - 1] as number;
    if ((sorted[0] as number) >= share) limit = second;
    else if (last < share) limit = last;
  }
  const indices: number[] = [];
  for (const [i, g] of groups.entries()) {
    if ((place.get(g) as number) < limit === (split === "test")) indices.push(i);
  }
  return indices;
}

/** Refuses an empty split with one sentence that says how the split is made. */
export function refuseEmptySplit(name: string, where: string, split: string, total: number): never {
  throw new GansmithError(
    "data",
    `data set "${name}": ${where} has no ${split} images (${total} images in all). ` +
      `Add images, or change the share kept for judging with --set data.testShare=0.1.`,
  );
}
