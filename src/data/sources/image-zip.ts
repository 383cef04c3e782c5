import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import type { Entry, ZipFile } from "yauzl";
import yauzl from "yauzl";
import { z } from "zod";
import { GansmithError } from "../../util/errors.ts";
import { errorCode, ioError } from "../../util/node/files.ts";
import { hashFiles } from "../content-hash.ts";
import { decoderVersion } from "../decode-image.ts";
import type { EncodedImages } from "../encoded-images.ts";
import {
  byCodeUnit,
  encodedOptions,
  encodedPlan,
  folderLabels,
  isImageName,
} from "../encoded-images.ts";
import { cacheFolder, openCached } from "../open-cached.ts";
import type { DataSpec } from "../source.ts";
import { dataSource, refuseEmptySplit, testShareSchema } from "../source.ts";
import type { ImageFolderOptions } from "./image-folder.ts";
import { splitFolder } from "./image-folder.ts";

/** A zip of pictures, as StyleGAN's `dataset_tool` writes (`dataset.json` holds the labels). */
export function imageZip(path: string, options: ImageFolderOptions = {}): DataSpec {
  return { name: "zip", path, ...options };
}

/** Limits that no honest zip of pictures meets; they bound memory and time on hostile ones. */
const limits = {
  entries: 5_000_000,
  entryBytes: 1 << 28,
  totalBytes: 2 ** 40,
  /** Unpacked to packed; pictures are compressed already. Small entries are let off. */
  ratio: 200,
  ratioFromBytes: 1 << 20,
};

/** Pictures are read straight from the zip; nothing is unpacked to the disk. */
export const zip = dataSource({
  name: "zip",
  summary: "a zip of pictures, with StyleGAN's dataset.json or class folders as labels",
  schema: z.strictObject({
    path: z.string().min(1),
    ...encodedOptions,
    testShare: testShareSchema,
  }),
  paths: ["path"],
  async open({ path, ...options }, request) {
    const file = resolve(path);
    try {
      if (statSync(file).isDirectory()) {
        throw new GansmithError("data", `${file} is a folder, expected a zip file.`);
      }
    } catch (error) {
      throw ioError(`read ${file}`, error);
    }
    const content = await hashFiles(
      file,
      [{ name: basename(file), path: file }],
      cacheFolder(request),
    );
    const key = [
      content.digests[0] as string,
      decoderVersion,
      JSON.stringify(options),
      request.size ?? null,
      request.channels ?? null,
    ];
    return openCached({ name: "zip", split: request.split, key }, request, async () => {
      const images = await readZip(file, options.labels);
      try {
        const { paths, chosen } = splitFolder(images.names, options.testShare, request.split);
        if (chosen.length === 0) {
          refuseEmptySplit("zip", file, request.split, images.names.length);
        }
        const labelled = images.classes.length > 0 || !options.labels;
        const { classes, labels } = labelled ? { classes: [], labels: [] } : folderLabels(paths);
        const all = labelled
          ? images
          : { ...images, classes, labelOf: (i: number) => labels[i] ?? -1 };
        return await encodedPlan(all, chosen, request, options);
      } catch (error) {
        images.close?.();
        throw error;
      }
    });
  },
});

/** Lists the pictures of a zip and, with `withLabels`, reads `dataset.json`. */
async function readZip(file: string, withLabels: boolean): Promise<EncodedImages> {
  let opened: ZipFile;
  try {
    opened = await yauzl.openPromise(file, { autoClose: false, strictFileNames: true });
  } catch (error) {
    throw zipError(file, error);
  }
  try {
    const entries = await listEntries(file, opened);
    const named = new Map(entries.map((e) => [e.fileName, e]));
    const names = entries
      .map((e) => e.fileName)
      .filter(isImageName)
      .sort(byCodeUnit);
    if (names.length === 0) {
      throw new GansmithError(
        "data",
        `${file} holds no pictures, expected .png, .jpg, .jpeg, .webp or .gif entries.`,
      );
    }
    const table = withLabels ? named.get("dataset.json") : undefined;
    const labels = table
      ? readLabels(file, names, await readEntry(file, opened, table))
      : { classes: [], of: [] };
    return {
      where: file,
      names,
      classes: labels.classes,
      labelOf: (i) => labels.of[i] ?? -1,
      read: (i) => readEntry(file, opened, named.get(names[i] as string) as Entry),
      close: () => opened.close(),
    };
  } catch (error) {
    opened.close();
    throw error;
  }
}

async function listEntries(file: string, opened: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  const { size } = statSync(file);
  let total = 0;
  const bomb = (why: string): GansmithError =>
    new GansmithError(
      "data",
      `${file} looks like a decompression bomb: ${why}. Pictures do not compress so; use another zip.`,
    );
  if (opened.entryCount > limits.entries) throw bomb(`it declares ${opened.entryCount} entries`);
  try {
    for await (const entry of opened.eachEntry()) {
      const { fileName, compressedSize, uncompressedSize } = entry;
      if (fileName.endsWith("/") || hidden(fileName)) continue;
      if (entry.isEncrypted()) throw bad(file, `${fileName} is encrypted`);
      if (uncompressedSize > limits.entryBytes) {
        throw bomb(`${fileName} would unpack to ${uncompressedSize} bytes`);
      }
      if (
        uncompressedSize > limits.ratioFromBytes &&
        uncompressedSize > compressedSize * limits.ratio
      ) {
        throw bomb(`${fileName} would grow from ${compressedSize} to ${uncompressedSize} bytes`);
      }
      total += uncompressedSize;
      if (total > limits.totalBytes || total > limits.ratioFromBytes + size * limits.ratio) {
        throw bomb(`its entries would unpack to more than ${total} bytes`);
      }
      entries.push(entry);
    }
  } catch (error) {
    throw zipError(file, error);
  }
  return entries;
}

function hidden(name: string): boolean {
  return name.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");
}

/** Unpacks one entry into memory; its length and checksum must be what the directory says. */
async function readEntry(file: string, opened: ZipFile, entry: Entry): Promise<Uint8Array> {
  const bytes = new Uint8Array(entry.uncompressedSize);
  let at = 0;
  let stream: Readable | undefined;
  try {
    stream = await opened.openReadStreamPromise(entry);
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      if (at + chunk.length > bytes.length) throw new Error("it is longer than declared");
      bytes.set(chunk, at);
      at += chunk.length;
    }
    if (at !== bytes.length) throw new Error(`it has ${at} bytes, ${bytes.length} were declared`);
    if (crc32(bytes) !== entry.crc32) throw new Error("its checksum does not match");
    return bytes;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw bad(file, `${entry.fileName} cannot be unpacked: ${why}`, error);
  } finally {
    stream?.destroy();
  }
}

const labelTable = z.object({
  labels: z.array(z.tuple([z.string(), z.number().int().min(0).max(1_000_000)])).nullable(),
});

/** StyleGAN's table: `{"labels": [["00000/img00000000.png", 6], ...]}` or `{"labels": null}`. */
function readLabels(
  file: string,
  names: readonly string[],
  bytes: Uint8Array,
): { classes: readonly string[]; of: readonly number[] } {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw bad(file, `dataset.json is not JSON: ${why}`, error);
  }
  const parsed = labelTable.safeParse(json);
  if (!parsed.success) {
    throw bad(
      file,
      `dataset.json must be {"labels": [["name.png", class number], ...]} or {"labels": null}; ` +
        `at ${parsed.error.issues[0]?.path.join(".") || "the top"} it is not`,
    );
  }
  if (!parsed.data.labels) return { classes: [], of: [] };
  const of = new Map(parsed.data.labels);
  const missing = names.find((n) => !of.has(n));
  if (missing !== undefined) throw bad(file, `dataset.json has no label for ${missing}`);
  const top = [...of.values()].reduce((a, b) => Math.max(a, b), 0);
  return {
    classes: Array.from({ length: top + 1 }, (_, i) => String(i)),
    of: names.map((n) => of.get(n) as number),
  };
}

function bad(file: string, why: string, cause?: unknown): GansmithError {
  return new GansmithError(
    "data",
    `${file}: ${why}. Make the zip again, or leave that entry out.`,
    cause === undefined ? undefined : { cause },
  );
}

function zipError(file: string, error: unknown): GansmithError {
  if (error instanceof GansmithError) return error;
  if (errorCode(error) !== "") return ioError(`read ${file}`, error);
  const why = error instanceof Error ? error.message : String(error);
  return new GansmithError("data", `${file} cannot be read as a zip: ${why}.`, { cause: error });
}
