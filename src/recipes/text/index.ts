export { checkTextConfig, type TextRunConfig } from "./text-config.ts";
export { textRecipes } from "./text-recipes.ts";
