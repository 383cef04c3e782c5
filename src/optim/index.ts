import { unknownName } from "../util/errors.ts";
import { adam } from "./adam.ts";
import { adamw } from "./adamw.ts";
import type { Optimizer } from "./optimizer.ts";
import { rmsprop } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

export type { Optimizer, UpdateInputs, UpdateRange } from "./optimizer.ts";
export { emaDecay, type Schedule, scheduleAt, scheduleSchema, weightSchema } from "./schedule.ts";
export { adam, adamw, rmsprop, sgd };

/** Every optimizer by name; a new one is a file and a line here. */
export const optimizers: readonly Optimizer[] = [adam, adamw, rmsprop, sgd];

/** Throws a usage error that names the known ones. */
export function optimizerByName(name: string): Optimizer {
  const found = optimizers.find((o) => o.name === name);
  if (!found)
    throw unknownName(
      "optimizer",
      name,
      optimizers.map((o) => o.name),
    );
  return found;
}
