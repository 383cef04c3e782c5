import { readdirSync } from "node:fs";
import { join } from "node:path";
import { GansmithError } from "../../../util/errors.ts";
import { ioError } from "../../../util/node/files.ts";

/** The files of a package's folder whose names match, sorted; throws ("data") when there are none. */
export function packageFiles(folder: string, names: RegExp, expected: string): string[] {
  let found: string[];
  try {
    found = readdirSync(folder).filter((n) => names.test(n));
  } catch (error) {
    throw ioError(`read ${folder}`, error);
  }
  if (found.length === 0) {
    throw new GansmithError("data", `${folder} has no ${expected}; install the package again.`);
  }
  return found.sort().map((n) => join(folder, n));
}
