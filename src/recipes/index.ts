import { unknownName } from "../util/errors.ts";
import { article } from "./article.ts";
import { mnistInfogan, snganRecipe, stylegan2Recipe } from "./family-recipes.ts";
import { dcganRecipe, emojiDcgan, fashionDcgan, mlpRecipe } from "./image-recipes.ts";
import { mnistDcgan, mnistQuick } from "./mnist-dcgan.ts";
import { cifarR3gan, mnistR3gan, r3ganRecipe } from "./r3gan-recipes.ts";
import type { Recipe } from "./recipe.ts";
import { stackedMnistDcgan, stackedMnistR3gan } from "./stacked-mnist.ts";

export {
  checkConfig,
  configSchema,
  type RunConfig,
  withSetting,
} from "./config.ts";
export { describeIssues } from "./describe-issues.ts";
export { defaults, type Recipe } from "./recipe.ts";
export { checkTextConfig, type TextRunConfig, textRecipes } from "./text/index.ts";

/** Every recipe; a new one is a file and a line here. */
export const recipes: readonly Recipe[] = [
  article,
  mnistDcgan,
  mnistQuick,
  fashionDcgan,
  emojiDcgan,
  stackedMnistDcgan,
  stackedMnistR3gan,
  dcganRecipe,
  mlpRecipe,
  mnistR3gan,
  r3ganRecipe,
  cifarR3gan,
  snganRecipe,
  stylegan2Recipe,
  mnistInfogan,
];

/** Throws a usage error that names the known ones. */
export function recipeByName(name: string): Recipe {
  const found = recipes.find((r) => r.name === name);
  if (!found)
    throw unknownName(
      "recipe",
      name,
      recipes.map((r) => r.name),
    );
  return found;
}
