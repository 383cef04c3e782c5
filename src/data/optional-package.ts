import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { GansmithError } from "../util/errors.ts";

/**
 * The folder of an optional npm package, looked up from the user's folder first and then from where
 * gansmith is installed. Throws `GansmithError` ("data") with the command that installs it.
 */
export function optionalPackage(
  name: string,
  neededBy: string,
  command = `npm install ${name}`,
): string {
  for (const from of [join(process.cwd(), "package.json"), import.meta.url]) {
    // Not resolve(): a package may keep its package.json to itself.
    for (const folder of createRequire(from).resolve.paths(name) ?? []) {
      if (existsSync(join(folder, name, "package.json"))) return join(folder, name);
    }
  }
  throw new GansmithError(
    "data",
    `${neededBy} needs the npm package ${name}, which is not installed. Install it with: ${command}`,
  );
}
