import { RunFolder } from "../../train/run-folder/run-folder.ts";
import type { RunKind } from "./run-kind.ts";

/** The configuration that training begins with: of a recipe, or of the run in a folder. */
export function baseOf(
  name: string,
  recipes: RunKind["recipes"],
): Readonly<Record<string, unknown>> {
  const recipe = recipes.find((r) => r.name === name);
  return recipe ? { recipe: name, ...recipe.config } : RunFolder.open(name).config;
}
