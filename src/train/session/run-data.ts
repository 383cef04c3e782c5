import type { ImageDataset } from "../../data/image-dataset.ts";
import { GansmithError } from "../../util/errors.ts";
import type { JsonObject } from "../../util/json.ts";
import type { Checkpoint } from "../run-folder/checkpoint-content.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";

/** What a checkpoint says of the data, so that a generator can be used without them. */
export interface DatasetState {
  readonly name: string;
  readonly channels: 1 | 3;
  readonly classes: readonly string[];
  readonly fingerprint: string;
}

/** A checkpoint that says what data it was trained on. */
export function withDataset(checkpoint: Checkpoint, data: ImageDataset): Checkpoint {
  const { name, channels, classes, fingerprint } = data;
  const dataset: DatasetState = { name, channels, classes, fingerprint };
  const state = { ...(checkpoint.state as JsonObject), dataset: { ...dataset } };
  return { ...checkpoint, state };
}

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
