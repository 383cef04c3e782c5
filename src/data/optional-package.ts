import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { GansmithError } from "../util/errors.ts";

/**
 * The folder of an optional npm package, looked up from the user's folder first and then from where
 * gansmith is installed. Throws `GansmithError` ("data") with the command that installs it.
 */
export function optionalPackage(name: string, neededBy: string): string {
  for (const from of [join(process.cwd(), "package.json"), import.meta.url]) {
    try {
      return dirname(createRequire(from).resolve(`${name}/package.json`));
    } catch {
      // Not seen from here: look from the next place.
    }
  }
  throw new GansmithError(
    "data",
    `${neededBy} needs the npm package ${name}, which is not installed. Install it with: npm install ${name}`,
  );
}
