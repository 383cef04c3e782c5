import { unknownName } from "../util/errors.ts";
import { dcgan } from "./dcgan.ts";
import type { ModelDefinition } from "./definition.ts";
import { mlp } from "./mlp.ts";
import { r3gan } from "./r3gan.ts";

export type { ModelDefinition } from "./definition.ts";
export { dcgan, mlp, r3gan };

/** Every model by name; a new one is a file and a line here. */
export const models: readonly ModelDefinition[] = [mlp, dcgan, r3gan];

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
