import {
  type Loss,
  lossByName,
  losses,
  type Regularizer,
  regularizerByName,
  regularizers,
} from "../adversarial/index.ts";
import { type ModelDefinition, modelByName, models } from "../models/index.ts";
import type { RunConfig } from "../recipes/index.ts";
import { usageError } from "../util/errors.ts";

/** Parts that a program added to the built-in ones, by name. */
const own = {
  models: new Map<string, ModelDefinition>(),
  losses: new Map<string, Loss>(),
  regularizers: new Map<string, Regularizer>(),
};

/**
 * Makes a model known by its name in this process, for training and for runs that were trained with
 * it. Throws a usage error for a name that is taken.
 */
export function registerModel<Options>(model: ModelDefinition<Options>): void {
  add(own.models, models, model as ModelDefinition, "model");
}

/** As `registerModel`, for a loss. */
export function registerLoss<Options>(loss: Loss<Options>): void {
  add(own.losses, losses, loss as Loss, "loss");
}

/** As `registerModel`, for a regularizer of the discriminator. */
export function registerRegularizer<Options>(regularizer: Regularizer<Options>): void {
  add(own.regularizers, regularizers, regularizer as Regularizer, "regularizer");
}

export function findModel(name: string): ModelDefinition {
  return own.models.get(name) ?? modelByName(name);
}

export function findLoss(name: string): Loss {
  return own.losses.get(name) ?? lossByName(name);
}

export function findRegularizer(name: string): Regularizer {
  return own.regularizers.get(name) ?? regularizerByName(name);
}

/** Whether a configuration needs parts that only this process knows. */
export function usesOwnParts({ model, loss, regularizers: terms }: RunConfig): boolean {
  return (
    own.models.has(model.name) ||
    own.losses.has(loss.name) ||
    terms.some((term) => own.regularizers.has(term.name))
  );
}

function add<T extends { readonly name: string }>(
  added: Map<string, T>,
  builtIn: readonly T[],
  part: T,
  what: string,
): void {
  if (!/^[a-z][a-z0-9-]*$/.test(part.name)) {
    throw usageError(
      `a ${what}'s name must be lower-case letters, digits and "-", received "${part.name}".`,
    );
  }
  const known = added.get(part.name);
  if (known === part) return;
  if (known || builtIn.some((other) => other.name === part.name)) {
    throw usageError(`there is a ${what} "${part.name}" already; choose another name for yours.`);
  }
  added.set(part.name, part);
}
