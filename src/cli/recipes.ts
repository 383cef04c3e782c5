import type { Command } from "commander";
import { type RunConfig, recipeByName, recipes } from "../recipes/index.ts";
import { textRecipes } from "../recipes/text/index.ts";
import { addJson } from "./flags.ts";
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
    const text = textRecipes.find((r) => r.name === name);
    if (text) {
      const { name: recipe, summary, config } = text;
      output.text(JSON.stringify({ recipe, ...config }, null, 2));
      output.result({ name: recipe, summary, config });
      return;
    }
    if (name !== undefined) {
      const { summary, config } = recipeByName(name);
      output.text(JSON.stringify({ recipe: name, ...config }, null, 2));
      output.result({ name, summary, config });
      return;
    }
    const rows = recipes.map(({ name: own, summary, config }) => [
      own,
      config.model.name,
      `${config.data.name} ${config.size}x${config.size}`,
      lengthText(config.length),
      summary,
    ]);
    const texts = textRecipes.map(({ name: own, summary, config: { data, stages, length } }) => [
      ...[own, stages.map((s) => s.method.name).join(", "), `${data.name} ${length} tokens`],
      `${stages.reduce((sum, s) => sum + s.iterations, 0)} iterations`,
      summary,
    ]);
    output.text(table([["recipe", "model", "data", "length", "what it is"], ...rows, ...texts]));
    output.text("\nTrain one with: npx gansmith train mnist-dcgan");
    output.result({ recipes: [...recipes, ...textRecipes] });
  });
}

function lengthText(length: RunConfig["length"]): string {
  const units = { steps: "steps", kimg: "kimg", minutes: "min", epochs: "epochs" } as const;
  return Object.entries(length)
    .map(([key, value]) => `${value} ${units[key as keyof typeof units]}`)
    .join(" or ");
}
