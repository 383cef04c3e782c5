import type { Command } from "commander";
import { addJson } from "./flags.ts";
import { kindOfRecipe, kinds } from "./kinds/index.ts";
import { Output, table } from "./output.ts";

/** `gansmith recipes [name]` */
export function addRecipes(program: Command): Command {
  const command = program
    .command("recipes")
    .summary("what can be trained")
    .description("Lists the recipes; with a name, prints its whole configuration as JSON.")
    .argument("[name]", "one of them");
  return addJson(command).action((name: string | undefined, flags: { json?: boolean }) => {
    const output = new Output(flags.json === true);
    if (name !== undefined) {
      const recipe = kindOfRecipe(name).recipes.find((r) => r.name === name);
      output.text(JSON.stringify({ recipe: name, ...recipe?.config }, null, 2));
      output.result({ ...recipe });
      return;
    }
    const rows = kinds.flatMap((kind) => kind.rows());
    output.text(table([["recipe", "model", "data", "length", "what it is"], ...rows]));
    output.text("\nTrain one with: npx gansmith train mnist-dcgan");
    output.result({ recipes: kinds.flatMap((kind) => kind.recipes) });
  });
}
