import * as ops from "../graph/ops/index.ts";
import { leaf } from "../graph/ops/leaf.ts";
import type { Value } from "../graph/value.ts";
import type { Variables } from "../nn/scope.ts";
import { scheduleAt } from "../optim/schedule.ts";
import type { Resources } from "./regularizer.ts";

/** What the rules of a game own in its graphs: random numbers, schedules, kept numbers. */
export class RuleResources {
  /** Options that change over training, by path: inputs of every move. */
  readonly schedules = new Map<string, Value>();
  readonly #variables: Variables;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  of(rule: string): Resources {
    const scope = this.#variables.scope(`regularizer/${rule}`);
    return {
      noise: (...random) => scope.noise(...random),
      scheduled: (name, schedule) => {
        if (typeof schedule === "number") return ops.scalar(schedule);
        const path = `${scope.path}/${name}`;
        const at = (kimg: number) => scheduleAt(schedule, kimg);
        // Each player's move asks again.
        const known = this.schedules.get(path) ?? leaf(path, [], { kind: "schedule", at });
        this.schedules.set(path, known);
        return known;
      },
      kept: (name, initial) => scope.state(name, [], (out) => void out.fill(initial)),
      keep: (name, next) => scope.assign(name, ops.stopGradient(next)),
    };
  }
}
