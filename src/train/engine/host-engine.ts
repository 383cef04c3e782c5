import type { Game, Phase } from "../../adversarial/game.ts";
import { elementCount, type Value } from "../../graph/value.ts";
import type { Variable } from "../../nn/scope.ts";
import {
  createOptimizerKernel,
  type OptimizerKernel,
} from "../../runtime/kernel/optimizer-kernel.ts";
import type { Backend, Session, Tensor } from "../../runtime/session.ts";
import { GansmithError } from "../../util/errors.ts";
import { estimateBytes } from "../loop/memory.ts";
import { ArenaPlan, paddedCount } from "./arena.ts";
import type { Engine, NetworkOptimizer, PhaseScalars } from "./engine.ts";
import { type PreparedPhase, preparePhases } from "./prepare.ts";
import { fromStored, type StoredLayout, toStored } from "./stored-layout.ts";

/** A game that is estimated to need more gives working memory back after each move. */
const largestKeptBytes = 256 * 2 ** 20;

interface Range {
  readonly offset: number;
  readonly variable: Variable;
}

/** One network's arrays: each kind is one flat range, so that an update is one kernel call. */
interface Block {
  readonly ranges: readonly Range[];
  readonly count: number;
  readonly weights: number;
  readonly gradients: number;
  readonly slots: readonly number[];
}

interface CompiledPhase {
  readonly prepared: PreparedPhase;
  readonly session: Session;
  readonly into: ReadonlyMap<string, Tensor>;
}

/**
 * Plays the game on a backend that works in host memory. Weights, gradients and optimizer state lie in
 * one WebAssembly.Memory: the sessions read and write it directly, the fused kernel updates it in
 * place.
 */
export class HostEngine implements Engine {
  readonly updates = new Map<string, number>();
  #kernel: OptimizerKernel;
  #memory: ArrayBuffer;
  #blocks: ReadonlyMap<string, Block>;
  #optimizers: ReadonlyMap<string, NetworkOptimizer>;
  #arrays: Map<string, Float32Array>;
  #average: { ema: number; source: number; count: number } | undefined;
  #states: ReadonlyMap<string, Variable>;
  #variableFeeds: Map<string, Tensor>;
  /** How arrays are held where that is not the model's order, by the variable's name. */
  #stored: ReadonlyMap<string, readonly number[]>;
  #shapes: ReadonlyMap<string, readonly number[]>;
  #phases = new Map<Phase, CompiledPhase>();

  static async create(
    game: Game,
    backend: Backend,
    optimizers: ReadonlyMap<string, NetworkOptimizer>,
  ): Promise<HostEngine> {
    const { phases, stored } = preparePhases(game, backend.lowering);
    const engine = new HostEngine(game, optimizers, stored);
    // Each move has a session of its own, which would keep what it needed at its peak.
    const returnsMemory = !game.keepsMemory && estimateBytes(game) > largestKeptBytes;
    for (const prepared of phases) {
      engine.#phases.set(prepared.phase, await engine.#compile(prepared, backend, returnsMemory));
    }
    return engine;
  }

  private constructor(
    game: Game,
    optimizers: ReadonlyMap<string, NetworkOptimizer>,
    stored: ReadonlyMap<string, readonly number[]>,
  ) {
    const plan = new ArenaPlan();
    const blocks = new Map<string, Block>();
    for (const [network, { rule }] of optimizers) {
      const trained = game.variables.under(network).filter((v) => v.trainable);
      blocks.set(network, reserveBlock(plan, trained, rule.slots.length));
    }
    const averaged = game.averaged === undefined ? undefined : blocks.get(game.averaged);
    const ema = averaged ? plan.reserve(averaged.count) : 0;
    const memory = plan.allocate();
    const view = (offset: number, v: Variable) =>
      new Float32Array(memory.buffer as ArrayBuffer, offset, elementCount(v.shape));
    const arrays = new Map<string, Float32Array>();
    for (const [network, block] of blocks) {
      const { slots } = (optimizers.get(network) as NetworkOptimizer).rule;
      for (const { variable, offset } of block.ranges) {
        arrays.set(variable.name, view(block.weights + offset, variable));
        arrays.set(`gradient/${variable.name}`, view(block.gradients + offset, variable));
        slots.forEach((slot, i) => {
          const start = (block.slots[i] as number) + offset;
          arrays.set(`optimizer/${slot}/${variable.name}`, view(start, variable));
        });
      }
    }
    for (const { variable, offset } of averaged?.ranges ?? []) {
      arrays.set(`ema/${variable.name}`, view(ema + offset, variable));
    }
    const states = [...game.variables.all.values()].filter((v) => !v.trainable);
    for (const v of states) {
      arrays.set(v.name, new Float32Array(elementCount(v.shape)));
      if (averaged && v.name.startsWith(`${game.averaged}/`)) {
        arrays.set(`ema/${v.name}`, new Float32Array(elementCount(v.shape)));
      }
    }
    this.#memory = memory.buffer as ArrayBuffer;
    this.#kernel = createOptimizerKernel(memory);
    this.#blocks = blocks;
    this.#optimizers = optimizers;
    this.#arrays = arrays;
    this.#average = averaged && { ema, source: averaged.weights, count: averaged.count };
    this.#states = new Map(states.map((v) => [v.name, v]));
    this.#stored = stored;
    this.#shapes = new Map([...game.variables.all.values()].map((v) => [v.name, v.shape]));
    this.#variableFeeds = new Map(
      [...game.variables.all.values()].map((v): [string, Tensor] => {
        const dims = stored.get(v.name)?.map((axis) => v.shape[axis] as number) ?? v.shape;
        return [v.name, { dtype: "f32", dims, data: arrays.get(v.name) as Float32Array }];
      }),
    );
  }

  async play(
    phase: Phase,
    feeds: ReadonlyMap<string, Tensor>,
    learningRate: number,
  ): Promise<PhaseScalars> {
    const compiled = this.#phases.get(phase);
    if (!compiled) throw new GansmithError("runtime", `no phase "${phase.name}" was compiled.`);
    const all = new Map([...this.#variableFeeds, ...feeds]);
    await compiled.session.run(all, compiled.into);
    const scalars = new Map<string, number>();
    for (const [name, { data }] of compiled.into) {
      if (name === "loss") scalars.set("loss", data[0] as number);
      else if (name.startsWith("scalar/")) scalars.set(name.slice(7), data[0] as number);
    }
    this.#update(phase, learningRate);
    for (const name of phase.assignments.keys()) {
      const next = compiled.into.get(`assign/${name}`) as Tensor;
      (this.#arrays.get(name) as Float32Array).set(next.data as Float32Array);
    }
    return scalars;
  }

  #update({ network, clip = 0 }: Phase, learningRate: number): void {
    const { rule, options } = this.#optimizers.get(network) as NetworkOptimizer;
    const { weights, gradients, slots, count } = this.#blocks.get(network) as Block;
    const step = (this.updates.get(network) ?? 0) + 1;
    this.updates.set(network, step);
    const range = { parameter: weights, gradient: gradients, slots, count };
    rule.apply(this.#kernel, range, learningRate, step, options);
    if (clip > 0) clamp(new Float32Array(this.#memory, weights, count), clip);
  }

  async average(decay: number): Promise<void> {
    if (!this.#average) return;
    const { ema, source, count } = this.#average;
    this.#kernel.ema({ target: ema, source }, count, decay);
    for (const name of this.#states.keys()) {
      this.#arrays.get(`ema/${name}`)?.set(this.#arrays.get(name) as Float32Array);
    }
  }

  get arrayNames(): readonly string[] {
    return [...this.#arrays.keys()].filter((name) => !name.startsWith("gradient/"));
  }

  async read(names = this.arrayNames): Promise<Map<string, Float32Array>> {
    return new Map(
      names.map((name) => {
        const held = this.#arrays.get(name) as Float32Array;
        const layout = this.#layoutOf(name);
        return [name, layout ? fromStored(held, layout) : held.slice()];
      }),
    );
  }

  async write(given: ReadonlyMap<string, Float32Array>): Promise<void> {
    for (const [name, data] of given) {
      const array = this.#arrays.get(name);
      if (array?.length !== data.length) {
        throw new GansmithError(
          "checkpoint",
          `this game has no array "${name}" of ${data.length} numbers (it has ${array?.length ?? "none"}).`,
        );
      }
      const layout = this.#layoutOf(name);
      array.set(layout ? toStored(data, layout) : data);
    }
  }

  /** Weights, optimizer slots and averages of a variable are all held alike. */
  #layoutOf(name: string): StoredLayout | undefined {
    const variable = name.replace(/^(optimizer\/[^/]+|ema)\//, "");
    const order = this.#stored.get(variable);
    return order && { shape: this.#shapes.get(variable) as readonly number[], order };
  }

  async release(): Promise<void> {
    for (const { session } of this.#phases.values()) await session.release();
    this.#phases.clear();
  }

  async #compile(
    prepared: PreparedPhase,
    backend: Backend,
    returnsMemory: boolean,
  ): Promise<CompiledPhase> {
    const { phase, inputs, outputs } = prepared;
    const graph = { name: phase.name, inputs, outputs };
    const session = await backend.compile(graph, { returnsMemory });
    const into = new Map<string, Tensor>();
    for (const [name, value] of outputs) {
      const data = this.#arrays.get(name) ?? freshArray(value);
      into.set(name, { dtype: value.dtype, dims: value.shape as readonly number[], data });
      if (name.startsWith("carried/")) {
        this.#variableFeeds.set(name, into.get(name) as Tensor);
      }
    }
    return { prepared, session, into };
  }
}

function reserveBlock(plan: ArenaPlan, variables: readonly Variable[], slots: number): Block {
  let count = 0;
  const ranges = variables.map((variable): Range => {
    const offset = count * 4;
    count += paddedCount(elementCount(variable.shape));
    return { offset, variable };
  });
  return {
    ranges,
    count,
    weights: plan.reserve(count),
    gradients: plan.reserve(count),
    slots: Array.from({ length: slots }, () => plan.reserve(count)),
  };
}

function clamp(weights: Float32Array, clip: number): void {
  for (let i = 0; i < weights.length; i++) {
    weights[i] = Math.min(clip, Math.max(-clip, weights[i] as number));
  }
}

function freshArray(value: Value): Float32Array | Int32Array | Uint8Array {
  const n = elementCount(value.shape);
  if (value.dtype === "i32") return new Int32Array(n);
  return value.dtype === "bool" ? new Uint8Array(n) : new Float32Array(n);
}
