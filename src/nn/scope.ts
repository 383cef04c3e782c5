import { leaf } from "../graph/ops/leaf.ts";
import {
  formatShape,
  graphError,
  type Shape,
  sameShape,
  type Value,
  withPath,
} from "../graph/value.ts";
import type { Initializer } from "./initializers.ts";

/** A named array that a network owns: a parameter, or state that training carries but does not train. */
export interface Variable {
  /** Full path, e.g. `generator/up1/weight`; the name in checkpoints and exports. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
  readonly initializer: Initializer;
  /** The graph input that stands for its content. */
  readonly value: Value;
}

/**
 * All variables of a game as a flat tree by path. Building the same network twice finds the same
 * variables, which is how D(real) and D(fake) share weights.
 */
export class Variables {
  readonly all = new Map<string, Variable>();
  /** State that the graph built so far has assigned, by variable name. */
  readonly assigned = new Map<string, Value>();
  /** Random inputs that the graph built so far draws. */
  readonly noise = new Map<string, Value>();
  /** What stands in for parameters by name, as long as it is here: networks as they would be. */
  readonly substituted = new Map<string, Value>();

  /** The scope of one network. `mode` decides what batch norm and dropout do. */
  scope(path: string, mode: "train" | "eval" = "train"): Scope {
    return new Scope(this, path, mode);
  }

  /** Starts a phase: what state holds is again what the step before left there. */
  beginPhase(): void {
    this.assigned.clear();
    this.noise.clear();
  }

  /** The variables below a path, in the order in which they were made. */
  under(path: string): Variable[] {
    return [...this.all.values()].filter((v) => v.name.startsWith(`${path}/`));
  }
}

/** A place in a network: makes variables there, and names errors after it. */
export class Scope {
  readonly variables: Variables;
  readonly path: string;
  readonly mode: "train" | "eval";

  constructor(variables: Variables, path: string, mode: "train" | "eval") {
    this.variables = variables;
    this.path = path;
    this.mode = mode;
  }

  at(name: string): Scope {
    return new Scope(this.variables, `${this.path}/${name}`, this.mode);
  }

  /** Runs `build` so that values and errors carry this place. */
  build<T>(build: () => T): T {
    return withPath(this.path, build);
  }

  /** A trained array of the given shape. */
  parameter(name: string, shape: readonly number[], initializer: Initializer): Value {
    const variable = this.#variable(name, shape, initializer, true);
    return this.variables.substituted.get(variable.name) ?? variable.value;
  }

  /** An untrained array; reads what the graph assigned to it last. */
  state(name: string, shape: readonly number[], initializer: Initializer): Value {
    const variable = this.#variable(name, shape, initializer, false);
    return this.variables.assigned.get(variable.name) ?? variable.value;
  }

  /** Sets what a state variable holds after the step. */
  assign(name: string, value: Value): void {
    const variable = this.variables.all.get(`${this.path}/${name}`);
    if (!variable || variable.trainable || !sameShape(variable.shape, value.shape)) {
      throw graphError("assign", `"${this.path}/${name}" is no state of this shape`, [value]);
    }
    this.variables.assigned.set(variable.name, value);
  }

  /** Fresh random numbers of a static shape at every step. */
  noise(name: string, shape: Shape, distribution: "normal" | "uniform"): Value {
    let full = `${this.path}/${name}`;
    for (let i = 1; this.variables.noise.has(full); i++) full = `${this.path}/${name}#${i}`;
    const value = leaf(full, shape, { kind: "noise", distribution });
    this.variables.noise.set(full, value);
    return value;
  }

  #variable(
    name: string,
    shape: readonly number[],
    initializer: Initializer,
    trainable: boolean,
  ): Variable {
    const full = `${this.path}/${name}`;
    const known = this.variables.all.get(full);
    if (known) {
      if (!sameShape(known.shape, shape)) {
        throw graphError(
          "parameter",
          `"${full}" is ${formatShape(known.shape)}, asked for again as ${formatShape(shape)}`,
        );
      }
      return known;
    }
    const value = leaf(full, shape, { kind: trainable ? "parameter" : "state" });
    const variable = { name: full, shape, trainable, initializer, value };
    this.variables.all.set(full, variable);
    return variable;
  }
}
