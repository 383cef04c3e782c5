import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { GansmithError, unknownName } from "../util/errors.ts";
import { errorCode, ioError } from "../util/node/files.ts";
import { isImageName } from "./encoded-images.ts";
import { dataSources } from "./registry.ts";
import type { DataSpec } from "./source.ts";
import { cifarFiles, looksLikeCifarName } from "./sources/cifar.ts";
import { idxFiles, looksLikeIdxName } from "./sources/idx.ts";
import { imageFolder } from "./sources/image-folder.ts";
import { imageZip } from "./sources/image-zip.ts";

/** Sources that are named alone; the others need a path. */
const named = (): string[] =>
  dataSources.filter((s) => s.schema.safeParse({}).success).map((s) => s.name);

/**
 * Turns what a person writes after `--data` into a spec: a registered name, or a path whose content
 * says what it is. A registered name wins over a folder of that name (`./mnist` is the folder).
 * Throws `GansmithError` that says what was expected.
 */
export function inferData(pathOrName: string): DataSpec {
  const names = named();
  if (names.includes(pathOrName)) return { name: pathOrName };
  let isFolder: boolean;
  try {
    isFolder = statSync(pathOrName).isDirectory();
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw ioError(`read ${pathOrName}`, error);
    if (!/[\\/.]/.test(pathOrName)) throw unknownName("data set", pathOrName, names);
    throw new GansmithError(
      "data",
      `${pathOrName} does not exist, expected a folder of pictures, a .zip, an IDX or CIFAR file or folder, or one of ${names.join(", ")}.`,
    );
  }
  try {
    return isFolder ? inferFolder(pathOrName) : inferFile(pathOrName);
  } catch (error) {
    throw ioError(`read ${pathOrName}`, error);
  }
}

function inferFolder(path: string): DataSpec {
  const files = readdirSync(path);
  if (files.some(looksLikeIdxName)) return idxFiles(path);
  if (files.some(looksLikeCifarName)) return cifarFiles(path);
  return imageFolder(path);
}

function inferFile(path: string): DataSpec {
  const head = new Uint8Array(4);
  const file = openSync(path, "r");
  try {
    readSync(file, head, 0, 4, 0);
  } finally {
    closeSync(file);
  }
  const [a, b, c, d] = head;
  if (a === 0x50 && b === 0x4b) return imageZip(path);
  if (a === 0 && b === 0 && c === 8 && d === 3) return idxFiles(path);
  if (a === 0x1f && b === 0x8b && looksLikeIdxName(path)) return idxFiles(path);
  if (/\.bin$/i.test(path)) return cifarFiles(path);
  const hint = isImageName(path) ? " It is one picture: give the folder that holds it." : "";
  throw new GansmithError(
    "data",
    `${path} is not data that gansmith can read, expected a folder of pictures, a .zip, an IDX file or a CIFAR .bin file.${hint}`,
  );
}
