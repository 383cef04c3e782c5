import * as ops from "../graph/ops/index.ts";
import { type Dim, staticDim, type Value } from "../graph/value.ts";
import { heNormal, zeros } from "./initializers.ts";
import { layerNorm } from "./normalization.ts";
import type { Scope } from "./scope.ts";

export interface RelationalMemoryOptions {
  readonly heads: number;
  /** Numbers of a head; a slot has heads x headSize of them, M. */
  readonly headSize: number;
  /** Layers of the network behind the attention. */
  readonly layers: number;
}

/** What one input, or a row of inputs, has to say: everything [features,R]. */
interface Input {
  /** Its queries, keys and values, 3M. */
  readonly asked: Value;
  /** Its share of the input and forget gates, 2M. */
  readonly gates: Value;
}

/** Added to the forget gate: a new memory keeps most of what it holds. */
const forget = 1;

/**
 * One step of a relational memory core (arXiv 1806.01822): x [N,I], memory as S slots [N,M] each -> the
 * slots after it. Slots attend to each other and to the input: queries, keys and values are one
 * normalised projection; then a skip connection, a network, and gates for each number,
 * m <- sigmoid(i) tanh(new) + sigmoid(f + 1) m. Weights: `input` [M,I], `attention` [3M,M] (queries, keys,
 * values), `mlp0`.. [M,M], `inputGates` and `memoryGates` [2M,M] (input, forget); `...Norm` beside them.
 */
export function relationalMemoryCell(
  s: Scope,
  x: Value,
  memory: readonly Value[],
  options: RelationalMemoryOptions,
): Value[] {
  return s.build(() => {
    const input = readInput(s, ops.transpose(x), options);
    const slots = memory.map((m) => ops.transpose(m));
    return step(s, slots, input, options).map((m) => ops.transpose(m));
  });
}

/**
 * A relational memory over a sequence: x [T,N,I] -> the slots after each step, side by side [T,N,S M],
 * from `initialSlots`. Inside, everything is [features,N] as in `lstm`, and what inputs have to say is
 * one product for all steps.
 */
export function relationalMemory(
  s: Scope,
  x: Value,
  slots: number,
  options: RelationalMemoryOptions,
): Value {
  return s.build(() => {
    const [steps, batch, width] = [0, 1, 2].map((axis) => staticDim(x, axis)) as Triple;
    const columns = ops.transpose(ops.reshape(x, [steps * batch, width]));
    const all = readInput(s, columns, options);
    let memory = initialSlots(slots, options).map((m) =>
      ops.broadcastTo(ops.transpose(m), [staticDim(m, 1), batch]),
    );
    const outputs: Value[] = [];
    for (let t = 0; t < steps; t++) {
      const now = (v: Value) => ops.slice(v, 1, t * batch, (t + 1) * batch);
      memory = step(s, memory, { asked: now(all.asked), gates: now(all.gates) }, options);
      outputs.push(ops.concat(memory, 0));
    }
    const rows = ops.transpose(ops.concat(outputs, 1));
    return ops.reshape(rows, [steps, batch, staticDim(rows, 1)]);
  });
}

type Triple = [number, number, number];

/** What slots hold before the first step, [1,M] each: the identity, so that none is like another. */
export function initialSlots(
  slots: number,
  { heads, headSize }: RelationalMemoryOptions,
): readonly Value[] {
  const size = heads * headSize;
  return Array.from({ length: slots }, (_, i) => {
    const row = new Float64Array(size);
    if (i < size) row[i] = 1;
    return ops.constant(row, [1, size]);
  });
}

/** x [I,R] -> what it has to say. */
function readInput(s: Scope, x: Value, { heads, headSize }: RelationalMemoryOptions): Input {
  const size = heads * headSize;
  const row = project(s.at("input"), x, size, true);
  const gates = project(s.at("inputGates"), row, 2 * size);
  const kept = new Float64Array(2 * size).fill(forget, size);
  return { asked: ask(s, row), gates: ops.add(gates, ops.constant(kept, [2 * size, 1])) };
}

/** Rows of a memory [M,R] -> their queries, keys and values [3M,R]. */
function ask(s: Scope, x: Value): Value {
  return normalized(s.at("attentionNorm"), project(s.at("attention"), x, 3 * staticDim(x, 0)));
}

/** Slots [M,N] -> slots. */
function step(
  s: Scope,
  memory: readonly Value[],
  input: Input,
  { heads, headSize, layers }: RelationalMemoryOptions,
): Value[] {
  const size = heads * headSize;
  const asked = [...memory.map((m) => ask(s, m)), input.asked];
  const part = (v: Value, i: number) =>
    ops.reshape(ops.slice(v, 0, i * size, (i + 1) * size), [heads, headSize, v.shape[1] as Dim]);
  const [keys, values] = [1, 2].map((i) => asked.map((v) => part(v, i))) as [Value[], Value[]];
  return memory.map((m, slot) => {
    const query = ops.mul(part(asked[slot] as Value, 0), ops.scalar((3 * headSize) ** -0.5));
    const scores = keys.map((key) => ops.reduceSum(ops.mul(query, key), [1], true));
    const weights = ops.softmax(ops.concat(scores, 1), 1);
    const mixed = values
      .map((value, i) => ops.mul(ops.slice(weights, 1, i, i + 1), value))
      .reduce((a, b) => ops.add(a, b));
    const attended = ops.add(m, ops.reshape(mixed, m.shape));
    const seen = normalized(s.at("attendedNorm"), attended);
    let thought = seen;
    for (let i = 0; i < layers; i++) {
      thought = project(s.at(`mlp${i}`), i > 0 ? ops.relu(thought) : thought, size, true);
    }
    const fresh = ops.tanh(normalized(s.at("mlpNorm"), ops.add(seen, thought)));
    const own = project(s.at("memoryGates"), ops.tanh(m), 2 * size);
    const open = ops.sigmoid(ops.add(own, input.gates));
    const gate = (i: number) => ops.slice(open, 0, i * size, (i + 1) * size);
    return ops.add(ops.mul(gate(0), fresh), ops.mul(gate(1), m));
  });
}

/** W x (+ b): x [I,R] -> [features,R]. */
function project(s: Scope, x: Value, features: number, bias = false): Value {
  const weight = s.parameter("weight", [features, staticDim(x, 0)], heNormal(1));
  const y = ops.matMul(weight, x);
  if (!bias) return y;
  return ops.add(y, ops.reshape(s.parameter("bias", [features], zeros), [features, 1]));
}

function normalized(s: Scope, x: Value): Value {
  return layerNorm(s, x, { axis: 0 });
}
