import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { GansmithError } from "../../util/errors.ts";
import { ioError } from "../../util/node/files.ts";
import type { SourceFile } from "../content-hash.ts";
import { hashFiles, readHashed } from "../content-hash.ts";
import type { Split } from "../image-dataset.ts";
import { cacheFolder, openCached } from "../open-cached.ts";
import { rawPlan } from "../raw-images.ts";
import type { DataSpec } from "../source.ts";
import { dataSource, hashSplit, refuseEmptySplit, testShareSchema } from "../source.ts";

/** Options of `cifarFiles`. */
export interface CifarOptions {
  /** Which of CIFAR-100's two labels; default `fine`. */
  readonly labels?: "fine" | "coarse";
  /** Share kept for judging when `path` is one file, 0 to 0.5. */
  readonly testShare?: number;
}

/** CIFAR-10 or CIFAR-100 in the binary layout: its folder, or one of its `.bin` files. */
export function cifarFiles(path: string, options: CifarOptions = {}): DataSpec {
  return { name: "cifar", path, ...options };
}

const side = 32;
const pixels = 3 * side * side;

/** The two layouts: label bytes before the pixels, files of each split, names of the classes. */
interface Layout {
  readonly labelBytes: 1 | 2;
  readonly train: readonly string[];
  readonly test: readonly string[];
}
const cifar10: Layout = {
  labelBytes: 1,
  train: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`),
  test: ["test_batch.bin"],
};
const cifar100: Layout = { labelBytes: 2, train: ["train.bin"], test: ["test.bin"] };

/** Records are [label bytes][red plane][green plane][blue plane] of 32 x 32 bytes each. */
export const cifar = dataSource({
  name: "cifar",
  summary: "CIFAR-10 or CIFAR-100 binary files that you have, 32x32 colour",
  schema: z.strictObject({
    path: z.string().min(1),
    labels: z.enum(["fine", "coarse"]).default("fine"),
    testShare: testShareSchema,
  }),
  paths: ["path"],
  async open({ path, labels, testShare }, given) {
    const request = { ...given, size: given.size ?? side, channels: given.channels ?? 3 };
    const root = resolve(path);
    const { layout, files, shared } = locate(root, request.split);
    const sources = files.map((p): SourceFile => ({ name: basename(p), path: p }));
    const content = await hashFiles(root, sources, cacheFolder(request));
    const folder = shared ? dirname(root) : root;
    const names = classNames(folder, layout, labels);
    const key = [
      content.hash,
      layout.labelBytes,
      [...names],
      labels,
      request.size,
      request.channels,
      shared ? testShare : null,
    ];
    return openCached({ name: "cifar", split: request.split, key }, request, async () => {
      const record = layout.labelBytes + pixels;
      const parts: Uint8Array[] = [];
      for (const [i, s] of sources.entries()) {
        const bytes = await readHashed(s, content.digests[i] as string);
        checkRecords(s.path, bytes, layout, names.length, labels);
        for (let at = 0; at < bytes.length; at += record) {
          parts.push(bytes.subarray(at, at + record));
        }
      }
      const chosen = shared
        ? hashSplit(
            parts.map((_, i) => String(i)),
            testShare,
            request.split,
          )
        : parts.map((_, i) => i);
      if (chosen.length === 0) refuseEmptySplit("cifar", root, request.split, parts.length);
      const at = (i: number): Uint8Array => parts[chosen[i] as number] as Uint8Array;
      return rawPlan(
        {
          count: chosen.length,
          channels: 3,
          height: side,
          width: side,
          classes: names,
          labelOf: (i) => at(i)[labelByte(layout, labels)] as number,
          pixels: (i) => at(i).subarray(layout.labelBytes),
        },
        request,
      );
    });
  },
});

/** CIFAR-100 records begin with the coarse label, then the fine one. */
function labelByte(layout: Layout, labels: "fine" | "coarse"): number {
  return layout.labelBytes === 2 && labels === "fine" ? 1 : 0;
}

function checkRecords(
  path: string,
  bytes: Uint8Array,
  layout: Layout,
  classes: number,
  labels: "fine" | "coarse",
): void {
  const record = layout.labelBytes + pixels;
  if (bytes.length === 0 || bytes.length % record !== 0) {
    throw new GansmithError(
      "data",
      `${path}: expected records of ${record} bytes (CIFAR-${layout.labelBytes === 1 ? 10 : 100} binary), received ${bytes.length} bytes. Replace the file with a whole copy.`,
    );
  }
  for (let at = labelByte(layout, labels); at < bytes.length; at += record) {
    const label = bytes[at] as number;
    if (label < classes) continue;
    throw new GansmithError(
      "data",
      `${path}: record ${Math.floor(at / record)} has label ${label}, expected 0 to ${classes - 1}.`,
    );
  }
}

function locate(
  root: string,
  split: Split,
): { layout: Layout; files: readonly string[]; shared: boolean } {
  let size: number;
  let isFolder: boolean;
  try {
    const s = statSync(root);
    size = s.size;
    isFolder = s.isDirectory();
  } catch (error) {
    throw ioError(`read ${root}`, error);
  }
  if (!isFolder) {
    const hundred = size % (1 + pixels) !== 0 && size % (2 + pixels) === 0;
    return { layout: hundred ? cifar100 : cifar10, files: [root], shared: true };
  }
  for (const layout of [cifar10, cifar100]) {
    const files = layout[split].map((f) => join(root, f)).filter((f) => existsSync(f));
    if (files.length === layout[split].length) return { layout, files, shared: false };
    if (files.length > 0) {
      const missing = layout[split].filter((f) => !existsSync(join(root, f)));
      throw new GansmithError(
        "data",
        `data set "cifar": ${root} lacks ${missing.join(", ")}, expected ${layout[split].join(", ")}.`,
      );
    }
  }
  throw new GansmithError(
    "data",
    `data set "cifar": ${root} has no ${split} images, expected ${cifar10[split].join(", ")} (CIFAR-10) or ${cifar100[split].join(", ")} (CIFAR-100).`,
  );
}

/** Names from the text file that comes with the data, else the numbers. */
function classNames(folder: string, layout: Layout, labels: "fine" | "coarse"): readonly string[] {
  const count = layout.labelBytes === 1 ? 10 : labels === "fine" ? 100 : 20;
  const file = layout.labelBytes === 1 ? "batches.meta.txt" : `${labels}_label_names.txt`;
  const numbers = Array.from({ length: count }, (_, i) => String(i));
  const path = join(folder, file);
  if (!existsSync(path)) return numbers;
  try {
    const lines = readFileSync(path, "utf8")
      .split(/\r?\n/)
      .filter((l) => l.trim() !== "");
    return lines.length === count ? lines : numbers;
  } catch (error) {
    throw ioError(`read ${path}`, error);
  }
}

/** True for a file name of the CIFAR binary layout. */
export function looksLikeCifarName(name: string): boolean {
  return [cifar10, cifar100].some((l) => l.train.includes(name) || l.test.includes(name));
}
