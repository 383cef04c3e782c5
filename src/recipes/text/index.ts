export { checkTextConfig, type TextRunConfig } from "./text-config.ts";
export { type TextRecipe, textRecipes } from "./text-recipes.ts";
