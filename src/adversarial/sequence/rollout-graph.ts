import * as ops from "../../graph/ops/index.ts";
import { leaf } from "../../graph/ops/leaf.ts";
import type { Value } from "../../graph/value.ts";
import { sampleCategorical, type Variable, Variables } from "../../nn/index.ts";
import type { NamedGraph } from "../../onnx/emit.ts";
import { afterEnd } from "./ended.ts";
import { generatorScope, type SequenceGenerator, type SequenceState } from "./generator.ts";
import { noiseLeaf } from "./noise-leaf.ts";

export interface RolloutGraph {
  readonly graph: NamedGraph;
  readonly variables: readonly Variable[];
  /** How many numbers `uniform` holds, and `tokens` as many. */
  readonly draws: number;
}

/**
 * Draws `batch` sequences and, from each of their beginnings of 1 to T-1 tokens, `rollouts` ends (SeqGAN's
 * Monte Carlo search, arXiv 1609.05473), all in one run: at step t the rows are the sequences and the t
 * groups of ends that have begun, each `batch` x `rollouts` rows that go on from where the sequences
 * stood. Inputs `uniform` [draws] in [0, 1), and the sequences' `z` [batch,Z] where
 * the generator has noise; output `tokens` i32 [draws]: for each step its rows, the
 * sequences first, then the groups, the one that began last first.
 */
export function rolloutGraph(
  generator: SequenceGenerator,
  { batch, rollouts }: { readonly batch: number; readonly rollouts: number },
): RolloutGraph {
  const { length, start, end } = generator;
  const variables = new Variables();
  const scope = variables.scope(generatorScope, "eval");
  const draws = length * batch + (batch * rollouts * (length * (length - 1))) / 2;
  const uniform = leaf("uniform", [draws], { kind: "noise", distribution: "uniform" });
  const { weight, bias } = generator.projection(scope);
  const z = noiseLeaf(generator, batch);
  const tokens: Value[] = [];
  let state: SequenceState | undefined;
  let token = ops.constant(new Int32Array(batch).fill(start), [batch]);
  let at = 0;
  for (let t = 0; t < length; t++) {
    const rows = batch + t * batch * rollouts;
    const u = ops.slice(uniform, 0, at, at + rows);
    at += rows;
    const read = generator.read(scope, token, state ?? generator.begin(scope, u, z));
    const logits = ops.add(ops.matMul(read.hidden, weight, { transB: true }), bias);
    let drawn = sampleCategorical(ops.softmax(logits, 1), u);
    if (end !== undefined && t > 0) drawn = afterEnd(token, drawn, end);
    tokens.push(drawn);
    token = withNewGroup(drawn, batch, rollouts);
    state = read.state.map((x) => withNewGroup(x, batch, rollouts));
  }
  const inputs = new Map([["uniform", uniform]]);
  if (z) inputs.set("z", z);
  for (const v of variables.all.values()) inputs.set(v.name, v.value);
  const outputs = new Map([["tokens", ops.concat(tokens, 0)]]);
  const all = [...variables.all.values()];
  return { graph: { name: "rollouts", inputs, outputs }, variables: all, draws };
}

/** Rows of sequences and groups, with a group that begins where the sequences stand behind the former. */
function withNewGroup(rows: Value, batch: number, rollouts: number): Value {
  const sequences = ops.slice(rows, 0, 0, batch);
  const count = rows.shape[0] as number;
  const groups = count > batch ? [ops.slice(rows, 0, batch, count)] : [];
  const fresh = Array.from({ length: rollouts }, () => sequences);
  return ops.concat([sequences, ...fresh, ...groups], 0);
}
