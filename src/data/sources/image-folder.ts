import type { Dirent } from "node:fs";
import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { GansmithError } from "../../util/errors.ts";
import { ioError } from "../../util/node/files.ts";
import type { SourceFile } from "../content-hash.ts";
import { hashFiles, readHashed } from "../content-hash.ts";
import { decoderVersion } from "../decode-image.ts";
import {
  byCodeUnit,
  encodedOptions,
  encodedPlan,
  folderLabels,
  isImageName,
} from "../encoded-images.ts";
import type { Split } from "../image-dataset.ts";
import { cacheFolder, openCached } from "../open-cached.ts";
import type { DataSpec } from "../source.ts";
import { dataSource, hashSplit, refuseEmptySplit, testShareSchema } from "../source.ts";

/** Options of `imageFolder` and `imageZip`. */
export interface ImageFolderOptions {
  /** Pictures that are not square: centre crop (default), pad with the background, or stretch. */
  readonly fit?: "crop" | "pad" | "stretch";
  /** What shows through transparent pixels: white (default), black, grey or #rrggbb. */
  readonly background?: string;
  /** `auto` (default): nearest for pictures of at most half the size, else Lanczos. */
  readonly kernel?: "auto" | "nearest" | "linear" | "lanczos3";
  /** Leave unreadable pictures out, and count them, instead of stopping. */
  readonly skipBad?: boolean;
  /** False ignores class folders. */
  readonly labels?: boolean;
  /** Share kept for judging, 0 to 0.5, by a hash of each picture's name; default 0.1. */
  readonly testShare?: number;
}

/** A folder of png, jpg, jpeg, webp and gif pictures. */
export function imageFolder(path: string, options: ImageFolderOptions = {}): DataSpec {
  return { name: "folder", path, ...options };
}

const MAX_DEPTH = 32;

/**
 * Folders on the first level are the classes. When the first level is exactly `train` and `test`
 * (or `val`), these are the splits and the level below holds the classes. Names that begin with a
 * dot are left out; links are followed.
 */
export const folder = dataSource({
  name: "folder",
  summary: "a folder of png, jpg, webp or gif pictures; class folders become labels",
  schema: z.strictObject({
    path: z.string().min(1),
    ...encodedOptions,
    testShare: testShareSchema,
  }),
  paths: ["path"],
  async open({ path, ...options }, request) {
    const root = resolve(path);
    const files = listImages(root);
    if (files.length === 0) {
      throw new GansmithError(
        "data",
        `${root} holds no pictures, expected .png, .jpg, .jpeg, .webp or .gif files in it or in folders below it.`,
      );
    }
    const { split } = request;
    const { paths, chosen } = splitFolder(
      files.map((f) => f.name),
      options.testShare,
      split,
    );
    if (chosen.length === 0) refuseEmptySplit("folder", root, split, files.length);
    const content = await hashFiles(root, files, cacheFolder(request));
    const { skipBad, ...rule } = options;
    const key = [
      content.hash,
      decoderVersion,
      JSON.stringify({ ...rule, skipBad }),
      request.size ?? null,
      request.channels ?? null,
    ];
    const { classes, labels } = options.labels ? folderLabels(paths) : { classes: [], labels: [] };
    return openCached({ name: "folder", split, key }, request, () =>
      encodedPlan(
        {
          where: root,
          names: files.map((f) => f.name),
          classes,
          labelOf: (i) => labels[i] ?? -1,
          read: (i) => readHashed(files[i] as SourceFile, content.digests[i] as string),
        },
        chosen,
        request,
        options,
      ),
    );
  },
});

const splitNames: Readonly<Record<string, Split>> = { train: "train", test: "test", val: "test" };

/** The pictures of one split, and every path with the split's own folder taken off. */
export function splitFolder(
  names: readonly string[],
  share: number,
  split: Split,
): { paths: readonly string[]; chosen: readonly number[] } {
  const top = (n: string): string => n.slice(0, n.indexOf("/") + 1).slice(0, -1);
  const tops = new Set(names.map(top));
  if (tops.size === 2 && tops.has("train") && (tops.has("test") || tops.has("val"))) {
    return {
      paths: names.map((n) => n.slice(n.indexOf("/") + 1)),
      chosen: names.flatMap((n, i) => (splitNames[top(n)] === split ? [i] : [])),
    };
  }
  return { paths: names, chosen: hashSplit(names, share, split) };
}

/** Every picture below `root`, sorted by its path within it, which is written with `/`. */
function listImages(root: string): SourceFile[] {
  const found: SourceFile[] = [];
  walk(root, "", new Set(), found);
  return found.sort((a, b) => byCodeUnit(a.name, b.name));
}

function walk(path: string, prefix: string, above: Set<string>, found: SourceFile[]): void {
  let entries: Dirent[];
  let real: string;
  try {
    real = realpathSync(path);
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    throw ioError(`read the folder ${path}`, error);
  }
  // A link back to a folder above would never end.
  if (above.has(real) || above.size >= MAX_DEPTH) return;
  const here = new Set([...above, real]);
  for (const entry of entries) {
    if (entry.name.startsWith(".") || entry.name === "__MACOSX") continue;
    const child = join(path, entry.name);
    const name = prefix + entry.name;
    const kind = entry.isSymbolicLink() ? statSync(child, { throwIfNoEntry: false }) : entry;
    if (kind?.isDirectory()) walk(child, `${name}/`, here, found);
    else if (kind?.isFile() && isImageName(entry.name)) found.push({ name, path: child });
  }
}
