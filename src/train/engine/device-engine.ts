import type { Game, Phase } from "../../adversarial/game.ts";
import * as ops from "../../graph/ops/index.ts";
import { leaf } from "../../graph/ops/leaf.ts";
import { elementCount, type Value } from "../../graph/value.ts";
import type { Variable } from "../../nn/scope.ts";
import {
  type Backend,
  type DeviceTensor,
  isDeviceTensor,
  type Session,
  type Tensor,
} from "../../runtime/session.ts";
import { GansmithError } from "../../util/errors.ts";
import type { Engine, NetworkOptimizer, PhaseScalars } from "./engine.ts";
import { preparePhases } from "./prepare.ts";

type Held = Tensor | DeviceTensor;

/** Which array an output replaces, by the output's name. */
type Replaces = ReadonlyMap<string, string>;

interface CompiledPhase {
  readonly session: Session;
  readonly replaces: Replaces;
}

/**
 * Plays the game with the updates inside the graphs, so that weights and optimizer state can stay on
 * the accelerator: every move gives out the arrays that it changed, and they are fed back in.
 */
export class DeviceEngine implements Engine {
  readonly updates = new Map<string, number>();
  readonly arrayNames: readonly string[];
  #arrays = new Map<string, Held>();
  #shapes: ReadonlyMap<string, readonly number[]>;
  #phases = new Map<Phase, CompiledPhase>();
  #averaging: CompiledPhase | undefined;

  static async create(
    game: Game,
    backend: Backend,
    optimizers: ReadonlyMap<string, NetworkOptimizer>,
  ): Promise<DeviceEngine> {
    const engine = new DeviceEngine(game, optimizers);
    const replaced = new Map<Phase, Replaces>();
    const { phases } = preparePhases(game, backend.lowering, (phase, outputs) => {
      const update = updateGraph(game, phase, optimizers.get(phase.network) as NetworkOptimizer);
      for (const name of phase.gradients.keys()) outputs.delete(`gradient/${name}`);
      for (const [name, value] of update.outputs) outputs.set(name, value);
      for (const name of phase.assignments.keys()) update.replaces.set(`assign/${name}`, name);
      replaced.set(phase, update.replaces);
      return update.inputs;
    });
    for (const { phase, inputs, outputs } of phases) {
      const deviceOutputs = [...outputs.keys()].filter(
        (n) => n !== "loss" && !n.startsWith("scalar/"),
      );
      const session = await backend.compile(
        { name: phase.name, inputs, outputs },
        { deviceOutputs },
      );
      engine.#phases.set(phase, { session, replaces: replaced.get(phase) ?? new Map() });
    }
    engine.#averaging = await compileAverage(game, backend);
    return engine;
  }

  private constructor(game: Game, optimizers: ReadonlyMap<string, NetworkOptimizer>) {
    const shapes = new Map<string, readonly number[]>();
    for (const v of game.variables.all.values()) shapes.set(v.name, v.shape);
    for (const [network, { rule }] of optimizers) {
      for (const v of game.variables.under(network).filter((x) => x.trainable)) {
        for (const slot of rule.slots) shapes.set(`optimizer/${slot}/${v.name}`, v.shape);
      }
    }
    for (const v of averagedVariables(game)) shapes.set(`ema/${v.name}`, v.shape);
    this.#shapes = shapes;
    this.arrayNames = [...shapes.keys()];
    for (const [name, dims] of shapes) {
      this.#arrays.set(name, { dtype: "f32", dims, data: new Float32Array(elementCount(dims)) });
    }
  }

  async play(
    phase: Phase,
    feeds: ReadonlyMap<string, Tensor>,
    learningRate: number,
  ): Promise<PhaseScalars> {
    const compiled = this.#phases.get(phase);
    if (!compiled) throw new GansmithError("runtime", `no phase "${phase.name}" was compiled.`);
    const step = (this.updates.get(phase.network) ?? 0) + 1;
    this.updates.set(phase.network, step);
    const results = await this.#run(
      compiled,
      new Map([
        ...feeds,
        ["learningRate", scalarTensor(learningRate)],
        ["step", scalarTensor(step)],
      ]),
    );
    const scalars = new Map<string, number>();
    for (const [name, result] of results) {
      const [kind, ...rest] = name.split("/");
      if (kind === "carried") this.#replace(name, result);
      else if (!isDeviceTensor(result)) {
        if (kind === "loss") scalars.set("loss", result.data[0] as number);
        else if (kind === "scalar") scalars.set(rest.join("/"), result.data[0] as number);
      }
    }
    return scalars;
  }

  async average(decay: number): Promise<void> {
    if (!this.#averaging) return;
    await this.#run(this.#averaging, new Map([["decay", scalarTensor(decay)]]));
  }

  async read(names = this.arrayNames): Promise<Map<string, Float32Array>> {
    const out = new Map<string, Float32Array>();
    for (const name of names) {
      const held = this.#arrays.get(name) as Held;
      const { data } = isDeviceTensor(held) ? await held.read() : held;
      out.set(name, Float32Array.from(data));
    }
    return out;
  }

  async write(given: ReadonlyMap<string, Float32Array>): Promise<void> {
    for (const [name, data] of given) {
      const dims = this.#shapes.get(name);
      if (!dims || elementCount(dims) !== data.length) {
        throw new GansmithError(
          "checkpoint",
          `this game has no array "${name}" of ${data.length} numbers.`,
        );
      }
      this.#replace(name, { dtype: "f32", dims, data: data.slice() });
    }
  }

  async release(): Promise<void> {
    for (const { session } of this.#phases.values()) await session.release();
    await this.#averaging?.session.release();
    for (const held of this.#arrays.values()) if (isDeviceTensor(held)) held.release();
    this.#phases.clear();
    this.#arrays.clear();
  }

  async #run(
    { session, replaces }: CompiledPhase,
    feeds: ReadonlyMap<string, Tensor>,
  ): Promise<Map<string, Held>> {
    const results = await session.run(new Map([...this.#arrays, ...feeds]));
    for (const [output, array] of replaces) this.#replace(array, results.get(output) as Held);
    return results;
  }

  #replace(name: string, next: Held): void {
    const before = this.#arrays.get(name);
    this.#arrays.set(name, next);
    if (before && before !== next && isDeviceTensor(before)) before.release();
  }
}

/** The optimizer's step for every parameter of the phase's network, in graph values. */
function updateGraph(game: Game, phase: Phase, { rule, options }: NetworkOptimizer) {
  const learningRate = leaf("learningRate", [], { kind: "data" });
  const step = leaf("step", [], { kind: "data" });
  const inputs = new Map([
    ["learningRate", learningRate],
    ["step", step],
  ]);
  const outputs = new Map<string, Value>();
  const replaces = new Map<string, string>();
  const give = (array: string, value: Value) => {
    outputs.set(`next/${array}`, value);
    replaces.set(`next/${array}`, array);
  };
  for (const [name, gradient] of phase.gradients) {
    const { value: parameter, shape } = game.variables.all.get(name) as Variable;
    const slotNames = rule.slots.map((slot) => `optimizer/${slot}/${name}`);
    const slots = slotNames.map((n) => leaf(n, shape, { kind: "state" }));
    slotNames.forEach((n, i) => {
      inputs.set(n, slots[i] as Value);
    });
    const next = rule.update({ parameter, gradient, slots, learningRate, step }, options);
    give(name, phase.clip ? clamped(next.parameter, phase.clip) : next.parameter);
    next.slots.forEach((slot, i) => {
      give(slotNames[i] as string, slot);
    });
  }
  return { inputs, outputs, replaces };
}

function clamped(x: Value, clip: number): Value {
  return ops.minimum(ops.maximum(x, ops.scalar(-clip)), ops.scalar(clip));
}

async function compileAverage(game: Game, backend: Backend): Promise<CompiledPhase | undefined> {
  const variables = averagedVariables(game);
  if (variables.length === 0) return undefined;
  const decay = leaf("decay", [], { kind: "data" });
  const inputs = new Map([["decay", decay]]);
  const outputs = new Map<string, Value>();
  const replaces = new Map<string, string>();
  for (const { name, value, shape, trainable } of variables) {
    const old = leaf(`ema/${name}`, shape, { kind: "state" });
    inputs.set(`ema/${name}`, old);
    inputs.set(name, value);
    const kept = trainable ? decay : ops.scalar(0);
    const mixed = ops.add(ops.mul(old, kept), ops.mul(value, ops.sub(ops.scalar(1), kept)));
    outputs.set(`next/ema/${name}`, mixed);
    replaces.set(`next/ema/${name}`, `ema/${name}`);
  }
  const deviceOutputs = [...outputs.keys()];
  const session = await backend.compile({ name: "average", inputs, outputs }, { deviceOutputs });
  return { session, replaces };
}

function averagedVariables(game: Game): Variable[] {
  return game.averaged === undefined ? [] : game.variables.under(game.averaged);
}

function scalarTensor(x: number): Tensor {
  return { dtype: "f32", dims: [], data: Float32Array.of(x) };
}
