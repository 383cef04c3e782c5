import { unknownName } from "../util/errors.ts";
import type { Loss } from "./loss.ts";
import { minimax } from "./losses/minimax.ts";
import { nonSaturating } from "./losses/non-saturating.ts";
import type { Regularizer } from "./regularizer.ts";
import { r1 } from "./regularizers/r1.ts";

export { buildGame, type Game, type GameSpec, type Phase } from "./game.ts";
export { generatorGraph } from "./generator-graph.ts";
export type { Logits, Loss } from "./loss.ts";
export type { GanModel, ImageShape } from "./model.ts";
export type { Regularizer, RegularizerInputs } from "./regularizer.ts";
export { minimax, nonSaturating, r1 };

/** Every loss by name; a new one is a file and a line here. */
export const losses: readonly Loss[] = [minimax, nonSaturating];
/** Every regularizer by name; a new one is a file and a line here. */
export const regularizers: readonly Regularizer[] = [r1];

/** Throws a usage error that names the known ones. */
export function lossByName(name: string): Loss {
  const found = losses.find((l) => l.name === name);
  if (!found)
    throw unknownName(
      "loss",
      name,
      losses.map((l) => l.name),
    );
  return found;
}

/** Throws a usage error that names the known ones. */
export function regularizerByName(name: string): Regularizer {
  const found = regularizers.find((r) => r.name === name);
  if (!found)
    throw unknownName(
      "regularizer",
      name,
      regularizers.map((r) => r.name),
    );
  return found;
}
