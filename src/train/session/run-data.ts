import { GansmithError } from "../../util/errors.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";

/** Bit-exact resume needs the very same data. Throws a data error unless the fingerprint is as it was. */
export function checkSameData(
  before: string,
  { name, fingerprint }: { readonly name: string; readonly fingerprint: string },
  what: "images" | "texts",
): void {
  if (fingerprint === before) return;
  throw new GansmithError(
    "data",
    `data set "${name}" has changed since this run began (fingerprint ${before.slice(0, 12)}, now ` +
      `${fingerprint.slice(0, 12)}); restore the ${what}, or start a new run.`,
  );
}

/** Opens the data of a run that goes on; where they cannot be read, says which file names their place. */
export async function openRunData<Data>(
  folder: RunFolder | undefined,
  open: () => Promise<Data>,
): Promise<Data> {
  try {
    return await open();
  } catch (error) {
    if (!folder || !(error instanceof GansmithError)) throw error;
    const message = `${error.message} The run looks for its data where ${folder.configPath} says.`;
    throw new GansmithError(error.kind, message, { cause: error });
  }
}
