import { existsSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { GansmithError } from "../../util/errors.ts";
import { ioError } from "../../util/node/files.ts";
import type { SourceFile } from "../content-hash.ts";
import { hashFiles, readHashed } from "../content-hash.ts";
import type { DataRequest, ImageDataset, Split } from "../image-dataset.ts";
import { cacheFolder, openCached } from "../open-cached.ts";
import type { RawImages } from "../raw-images.ts";
import { rawPlan } from "../raw-images.ts";
import type { DataSpec } from "../source.ts";
import { dataSource, hashSplit, refuseEmptySplit, testShareSchema } from "../source.ts";
import { parseIdx } from "./idx-file.ts";

const schema = z.strictObject({
  path: z.string().min(1),
  labels: z.string().min(1).optional(),
  fit: z.enum(["crop", "pad", "stretch"]).default("crop"),
  testShare: testShareSchema,
});

/** Options of `idxFiles`. */
export interface IdxOptions {
  /** A labels file, when it does not stand beside the images under the usual name. */
  readonly labels?: string;
  readonly fit?: "crop" | "pad" | "stretch";
  /** Share kept for judging when `path` is one file, 0 to 0.5. */
  readonly testShare?: number;
}

/** Images in IDX files: one file, or a folder laid out as MNIST's. */
export function idxFiles(path: string, options: IdxOptions = {}): DataSpec {
  return { name: "idx", path, ...options };
}

/**
 * A folder holds `train-images-idx3-ubyte` and `t10k-images-idx3-ubyte` (with labels of the same
 * names, `.gz` or not). One file is split by a hash of each image's number.
 */
export const idx = dataSource({
  name: "idx",
  summary: "IDX files as MNIST's: a folder with train-* and t10k-*, or one images file",
  schema,
  paths: ["path", "labels"],
  async open({ path, labels, fit, testShare }, request) {
    const root = resolve(path);
    const files = locate(root, labels, request.split);
    return openIdx({ name: "idx", root, ...files, fit, testShare, classes: undefined }, request);
  },
});

interface IdxFiles {
  readonly name: string;
  readonly root: string;
  readonly images: string;
  readonly labels: string | undefined;
  /** One file for both splits. */
  readonly shared: boolean;
  readonly fit: "crop" | "pad" | "stretch";
  readonly testShare: number;
  readonly classes: readonly string[] | undefined;
}

/** Opens one pair of IDX files; used by every data set that is stored so. */
export async function openIdx(files: IdxFiles, request: DataRequest): Promise<ImageDataset> {
  const sources = [files.images, files.labels]
    .filter((p) => p !== undefined)
    .map((p): SourceFile => ({ name: basename(p), path: p }));
  const content = await hashFiles(files.root, sources, cacheFolder(request));
  const key = [
    content.hash,
    request.size ?? null,
    request.channels ?? null,
    files.fit,
    files.shared ? files.testShare : null,
  ];
  return openCached({ name: files.name, split: request.split, key }, request, async () => {
    const bytes = await Promise.all(
      sources.map((s, i) => readHashed(s, content.digests[i] as string)),
    );
    const all = await readPair(sources, bytes, files.classes);
    return rawPlan(files.shared ? splitOff(all, files, request.split) : all, request, files.fit);
  });
}

async function readPair(
  sources: readonly SourceFile[],
  bytes: readonly Uint8Array[],
  classNames: readonly string[] | undefined,
): Promise<RawImages> {
  const [imagesPath = "", labelsPath] = sources.map((s) => s.path);
  const { dims, data } = await parseIdx(imagesPath, bytes[0] as Uint8Array, 3);
  const [count, height, width] = dims as [number, number, number];
  if (Math.max(height, width) > 4096) {
    throw new GansmithError(
      "data",
      `${imagesPath}: images are ${width} x ${height} pixels, expected at most 4096 x 4096.`,
    );
  }
  const labels = labelsPath
    ? (await parseIdx(labelsPath, bytes[1] as Uint8Array, 1)).data
    : undefined;
  if (labels && labels.length !== count) {
    throw new GansmithError(
      "data",
      `${labelsPath} holds ${labels.length} labels, ${imagesPath} holds ${count} images: expected equal numbers.`,
    );
  }
  const top = labels ? labels.reduce((a, b) => Math.max(a, b), 0) : -1;
  const classes = classNames ?? Array.from({ length: top + 1 }, (_, i) => String(i));
  if (top >= classes.length) {
    throw new GansmithError(
      "data",
      `${labelsPath}: label ${top} is out of range, expected 0 to ${classes.length - 1}.`,
    );
  }
  const area = height * width;
  return {
    count,
    channels: 1,
    height,
    width,
    classes: labels ? classes : [],
    labelOf: (i) => (labels ? (labels[i] as number) : -1),
    pixels: (i) => data.subarray(i * area, (i + 1) * area),
  };
}

function splitOff(all: RawImages, files: IdxFiles, split: Split): RawImages {
  const numbers = Array.from({ length: all.count }, (_, i) => String(i));
  const chosen = hashSplit(numbers, files.testShare, split);
  if (chosen.length === 0) refuseEmptySplit(files.name, files.images, split, all.count);
  const at = (i: number): number => chosen[i] as number;
  return {
    ...all,
    count: chosen.length,
    labelOf: (i) => all.labelOf(at(i)),
    pixels: (i) => all.pixels(at(i)),
  };
}

/** `train-images-idx3-ubyte`, also written `train-images.idx3-ubyte`, and either with `.gz`. */
const spellings = (split: string, what: string, rank: number): string[] =>
  [`${split}-${what}-idx${rank}-ubyte`, `${split}-${what}.idx${rank}-ubyte`].flatMap((n) => [
    n,
    `${n}.gz`,
  ]);

function locate(
  root: string,
  labels: string | undefined,
  split: Split,
): { images: string; labels: string | undefined; shared: boolean } {
  let isFolder: boolean;
  try {
    isFolder = statSync(root).isDirectory();
  } catch (error) {
    throw ioError(`read ${root}`, error);
  }
  if (!isFolder) {
    const beside = root.replace(/images([-.])idx3/, "labels$1idx1");
    const found = labels ? resolve(labels) : beside;
    return {
      images: root,
      labels: found !== root && (labels || existsSync(found)) ? found : undefined,
      shared: true,
    };
  }
  const prefix = split === "train" ? "train" : "t10k";
  const find = (what: string, rank: number): string | undefined =>
    spellings(prefix, what, rank)
      .map((n) => join(root, n))
      .find((p) => existsSync(p));
  const images = find("images", 3);
  if (!images) {
    throw new GansmithError(
      "data",
      `data set "idx": ${root} has no ${split} images, expected ${prefix}-images-idx3-ubyte (or the same with .gz).`,
    );
  }
  return { images, labels: labels ? resolve(labels) : find("labels", 1), shared: false };
}

/** True for a file name of the MNIST layout. */
export function looksLikeIdxName(name: string): boolean {
  return /(^|-)images[-.]idx3-ubyte(\.gz)?$/.test(name);
}
