import { unknownName } from "../util/errors.ts";
import { dcgan } from "./dcgan.ts";
import type { ModelDefinition } from "./definition.ts";
import { mlp } from "./mlp.ts";

export type { ModelDefinition } from "./definition.ts";
export { dcgan, mlp };

/** Every model by name; a new one is a file and a line here. */
export const models: readonly ModelDefinition[] = [mlp, dcgan];

/** Throws a usage error that names the known ones. */
export function modelByName(name: string): ModelDefinition {
  const found = models.find((m) => m.name === name);
  if (!found)
    throw unknownName(
      "model",
      name,
      models.map((m) => m.name),
    );
  return found;
}
