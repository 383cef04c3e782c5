import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DataRequest } from "../../src/data/image-dataset.ts";
import { openData } from "../../src/data/index.ts";
import type { DataSpec } from "../../src/data/source.ts";
import { GansmithError } from "../../src/util/errors.ts";
import { idxBytes, picture, put, temporaryFolder, zipBytes } from "./picture-files.ts";

export const root = temporaryFolder();
export const cacheDir = join(root, "cache");
export const at = (...parts: string[]): string => join(root, ...parts);
export const request: DataRequest = { split: "train", cacheDir };

/** The refusal of `spec`: a GansmithError of one clear sentence or two, and no file left behind. */
export async function refusal(spec: DataSpec, given: Partial<DataRequest> = {}): Promise<string> {
  try {
    (await openData(spec, { ...request, ...given })).close();
  } catch (error) {
    expect(error).toBeInstanceOf(GansmithError);
    const { message } = error as GansmithError;
    expect(message).not.toMatch(/\n|undefined|\[object|at .*\.ts:/);
    expect(leftovers()).toEqual([]);
    return message;
  }
  throw new Error(`${JSON.stringify(spec)} was accepted`);
}

export function leftovers(): string[] {
  try {
    return readdirSync(cacheDir).filter((n) => n.endsWith(".tmp"));
  } catch {
    return [];
  }
}

export const good = await picture("png", { width: 32, height: 32 });
export const jpeg = await picture("jpeg", { width: 64, height: 64 });
export const ten = idxBytes([10, 4, 4], new Uint8Array(160).fill(9));

/** Name, how to make it (gives the spec), what the message must say. */
export type Case = readonly [
  string,
  () => DataSpec | Promise<DataSpec>,
  RegExp,
  Partial<DataRequest>?,
];
export const folderOf = (
  name: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): DataSpec => {
  for (const [file, bytes] of Object.entries(files)) put(at(name, file), bytes);
  return { name: "folder", path: at(name), testShare: 0 };
};
export const emptyFolder = (name: string): string => {
  mkdirSync(at(name));
  return at(name);
};
export const idxOf = (name: string, images: Uint8Array, labels?: Uint8Array): DataSpec => {
  put(at(name, "train-images-idx3-ubyte"), images);
  if (labels) put(at(name, "train-labels-idx1-ubyte"), labels);
  return { name: "idx", path: at(name) };
};
export const zipOf = async (
  name: string,
  entries: Readonly<Record<string, string | Uint8Array>>,
): Promise<DataSpec> => ({ name: "zip", path: put(at(name), await zipBytes(entries)) });
/** A zip whose entry is renamed in place, as no honest writer would. */
export const zipNamed = async (file: string, name: string): Promise<DataSpec> => {
  const honest = `${"x".repeat(name.length - 4)}.png`;
  const bytes = Buffer.from(
    (await zipBytes({ [honest]: good })).toString("latin1").replaceAll(honest, name),
    "latin1",
  );
  return { name: "zip", path: put(at(file), bytes) };
};
export const patch = (bytes: Uint8Array, place: number, value: readonly number[]): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy.set(value, place);
  return copy;
};
export const cifarOf = (name: string, files: Readonly<Record<string, Uint8Array>>): DataSpec => {
  for (const [file, bytes] of Object.entries(files)) put(at(name, file), bytes);
  return { name: "cifar", path: at(name) };
};
export const five = (bytes: Uint8Array): Record<string, Uint8Array> =>
  Object.fromEntries([1, 2, 3, 4, 5].map((i) => [`data_batch_${i}.bin`, bytes]));

/** Makes each case's data and expects the refusal to say what the case says. */
export function describeRefusals(what: string, cases: readonly Case[]): void {
  describe(what, () => {
    for (const [name, make, says, given] of cases) {
      test(name, async () => {
        expect(await refusal(await make(), given)).toMatch(says);
      });
    }
  });
}
