import type { Game, Phase } from "../../adversarial/game.ts";
import { simplify } from "../../graph/passes/index.ts";
import type { Value } from "../../graph/value.ts";
import { hoistParameters } from "../../runtime/lowering/hoist-parameters.ts";
import type { Lowering } from "../../runtime/session.ts";
import { carryOver } from "./carry.ts";

/** A phase as one graph with named ends. */
export interface PreparedPhase {
  readonly phase: Phase;
  readonly inputs: ReadonlyMap<string, Value>;
  /** `loss`, `scalar/<name>`, `gradient/<parameter>`, `assign/<state>`, `carried/<i>`. */
  readonly outputs: ReadonlyMap<string, Value>;
}

export interface PreparedGame {
  readonly phases: readonly PreparedPhase[];
  /**
   * Parameters that the graphs read in another order of their axes than the model's, by name: with
   * their gradients, they are to be held as transpose(parameter, order).
   */
  readonly stored: ReadonlyMap<string, readonly number[]>;
}

/**
 * Brings a game's phases into the form that a backend runs: simplified and lowered together, so that
 * they share what they have in common, then cut where one hands values on to the next.
 * `extend` may add outputs to a phase first (updates inside the graph); without it, parameters are
 * stored in the order in which the lowered graphs read them.
 */
export function preparePhases(
  game: Game,
  lowering: Lowering | undefined,
  extend?: (phase: Phase, outputs: Map<string, Value>) => ReadonlyMap<string, Value>,
): PreparedGame {
  const variables = new Map([...game.variables.all.values()].map((v) => [v.name, v.value]));
  const phases = [...new Set(game.plan)].map((phase) => {
    const outputs = new Map([["loss", phase.loss]]);
    for (const [name, v] of phase.scalars) outputs.set(`scalar/${name}`, v);
    for (const [name, v] of phase.gradients) outputs.set(`gradient/${name}`, v);
    for (const [name, v] of phase.assignments) outputs.set(`assign/${name}`, v);
    const extra = extend?.(phase, outputs) ?? [];
    return { phase, outputs, inputs: new Map([...phase.inputs, ...extra]) };
  });
  const roots = simplify(phases.flatMap((p) => [...p.outputs.values()]));
  const ordered = lowering ? simplify(lowering(roots)) : roots;
  const names = phases.flatMap((p) => [...p.outputs.keys()]);
  const { roots: lowered, stored } = extend
    ? { roots: ordered, stored: new Map<string, readonly number[]>() }
    : storeAsRead(names, ordered, variables);
  let at = 0;
  const ready = phases.map((p) => ({
    ...p,
    inputs: new Map([...variables, ...p.inputs]),
    outputs: new Map([...p.outputs.keys()].map((name) => [name, lowered[at++] as Value])),
  }));
  // Each phase may take over what the first one computed; its network has changed since.
  const [first, ...rest] = ready;
  if (!first) return { phases: [], stored };
  const handedOn = new Map<string, Value>();
  const later = rest.map((p) => {
    const stale = changedBefore(game, p.phase, variables);
    const again = new Set([...stale, ...redrawn(p.phase, first.phase)]);
    const carried = carryOver([...first.outputs.values()], [...p.outputs.values()], again);
    const rename = new Map([...carried.values.keys()].map((n) => [n, `${n}/${p.phase.name}`]));
    for (const [n, v] of carried.values) handedOn.set(rename.get(n) as string, v);
    const taken = [...carried.leaves].map(([n, v]) => [rename.get(n) as string, v] as const);
    const names = [...p.outputs.keys()];
    return {
      ...p,
      inputs: new Map([...p.inputs, ...taken]),
      outputs: new Map(carried.roots.map((v, i) => [names[i] as string, v])),
    };
  });
  const giving = { ...first, outputs: new Map([...first.outputs, ...handedOn]) };
  return { phases: [giving, ...later], stored };
}

/** Replaces in `variables` what is better stored in another order. */
function storeAsRead(
  names: readonly string[],
  roots: readonly Value[],
  variables: Map<string, Value>,
) {
  const parameterOf = new Map<number, Value>();
  names.forEach((name, i) => {
    const parameter = name.startsWith("gradient/") && variables.get(name.slice(9));
    if (parameter) parameterOf.set(i, parameter);
  });
  const result = hoistParameters(roots, parameterOf);
  const stored = new Map<string, readonly number[]>();
  for (const [name, value] of variables) {
    const hoisted = result.hoisted.get(value);
    if (!hoisted) continue;
    variables.set(name, hoisted.stored);
    stored.set(name, hoisted.order);
  }
  return { roots: result.roots, stored };
}

/**
 * The variables that may hold something else when a phase is played than they did when the iteration
 * began; a phase that is played several times follows itself.
 */
function changedBefore(
  game: Game,
  phase: Phase,
  variables: ReadonlyMap<string, Value>,
): Set<Value> {
  const before = game.plan.slice(0, game.plan.lastIndexOf(phase));
  const names = before.flatMap((p) => [...p.gradients.keys(), ...p.assignments.keys()]);
  return new Set(names.map((n) => variables.get(n) as Value));
}

/** Inputs that a phase has under the same name as an earlier one, but not as the same value. */
function redrawn(phase: Phase, earlier: Phase): Value[] {
  return [...phase.inputs].flatMap(([name, v]) => {
    const before = earlier.inputs.get(name);
    return before && before !== v ? [v, before] : [];
  });
}
