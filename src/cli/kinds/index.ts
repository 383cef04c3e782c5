import { unknownName, usageError } from "../../util/errors.ts";
import { images } from "./images.ts";
import type { RunKind } from "./run-kind.ts";
import { text } from "./text.ts";

/** Every kind of run; a new one is a file and a line here. */
export const kinds: readonly RunKind[] = [images, text];

/** The kind of a recipe or of a run whose configuration is taken, for these flags. Throws like `kindOfRecipe`. */
export async function kindOfBase(name: string, flags: object): Promise<RunKind> {
  const { RunFolder } = await import("../../train/run-folder/run-folder.ts");
  return RunFolder.is(name) ? kindOfRun(name, flags) : kindOfRecipe(name, flags);
}

/** The kind of a recipe, for these flags. Throws a usage error for an unknown name or a flag that does not fit. */
export function kindOfRecipe(name: string, flags: object = {}): RunKind {
  const found = kinds.find((kind) => kind.recipes.some((r) => r.name === name));
  if (found) return accepting(found, flags);
  const names = kinds.flatMap((kind) => kind.recipes.map((r) => r.name));
  throw unknownName("recipe", name, names);
}

/** The kind of a run folder, for these flags. Throws a usage error for no run, or a flag that does not fit. */
export async function kindOfRun(path: string, flags: object): Promise<RunKind> {
  const { RunFolder } = await import("../../train/run-folder/run-folder.ts");
  const { kind: name = images.name } = RunFolder.open(path).config;
  const found = kinds.find((kind) => kind.name === name);
  if (found) return accepting(found, flags);
  throw usageError(`${path} is a run of "${String(name)}", which this gansmith does not know.`);
}

function accepting(kind: RunKind, flags: object): RunKind {
  for (const [name, instead] of Object.entries(kind.refused)) {
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (name in flags) throw usageError(`--${flag} means nothing for ${kind.name}; ${instead}.`);
  }
  return kind;
}
