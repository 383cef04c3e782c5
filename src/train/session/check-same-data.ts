import { GansmithError } from "../../util/errors.ts";

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
