import * as ops from "../../graph/ops/index.ts";
import { leaf } from "../../graph/ops/leaf.ts";
import type { Value } from "../../graph/value.ts";
import { sampleCategorical, type Variable, Variables } from "../../nn/index.ts";
import type { NamedGraph } from "../../onnx/emit.ts";
import { afterEnd } from "./ended.ts";
import { generatorScope, type SequenceGenerator, type SequenceState } from "./generator.ts";
import { likelyTokens } from "./likely-tokens.ts";
import { noiseLeaf } from "./noise-leaf.ts";

export interface RolloutGraph {
  readonly graph: NamedGraph;
  readonly variables: readonly Variable[];
  /** How many numbers `uniform` holds, and `tokens` as many. */
  readonly draws: number;
}

/**
 * Draws `batch` sequences and, from each of their beginnings of 1 to T-1 tokens, `rollouts` ends (SeqGAN's
 * Monte Carlo search, arXiv 1609.05473), all in one run: at step t the rows are the sequences and the
 * groups of ends that began before, each `batch` x `rollouts` rows that go on from where the sequences
 * stood; the group that begins at t draws with the sequences. Inputs `uniform` [draws] in [0, 1), and the sequences' `z` [batch,Z] where
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
  const projection = generator.projection(scope);
  const z = noiseLeaf(generator, batch);
  const tokens: Value[] = [];
  const group = batch * rollouts;
  let at = 0;
  const take = (count: number) => {
    at += count;
    return ops.slice(uniform, 0, at - count, at);
  };
  let token = ops.constant(new Int32Array(batch).fill(start), [batch]);
  let state: SequenceState | undefined;
  for (let t = 0; t < length; t++) {
    const rows = batch + Math.max(0, t - 1) * group;
    const own = take(batch);
    const fresh = t > 0 ? take(group) : undefined;
    const others = rows > batch ? take(rows - batch) : undefined;
    const u = others ? ops.concat([own, others], 0) : own;
    const read = generator.read(scope, token, state ?? generator.begin(scope, u, z));
    const part = (x: Value, from: number, to: number) => ops.slice(x, 0, from, to);
    const likely = likelyTokens(part(read.hidden, 0, batch), projection, own);
    // Who begins here begins where the sequences stand, and draws from what they draw from.
    let drawn = together(sampleCategorical(likely, apart(own, fresh, rollouts)), batch);
    let before = part(token, 0, batch);
    if (fresh) before = tiled(before, rollouts + 1);
    if (others) {
      const theirs = likelyTokens(part(read.hidden, batch, rows), projection, others);
      drawn = ops.concat([drawn, sampleCategorical(theirs, others)], 0);
      before = ops.concat([before, part(token, batch, rows)], 0);
    }
    if (end !== undefined && t > 0) drawn = afterEnd(before, drawn, end);
    tokens.push(drawn);
    token = drawn;
    state = fresh ? read.state.map((x) => withNewGroup(x, batch, rollouts)) : read.state;
  }
  const inputs = new Map([["uniform", uniform]]);
  if (z) inputs.set("z", z);
  for (const v of variables.all.values()) inputs.set(v.name, v.value);
  const outputs = new Map([["tokens", ops.concat(tokens, 0)]]);
  const all = [...variables.all.values()];
  return { graph: { name: "rollouts", inputs, outputs }, variables: all, draws };
}

/** Uniform numbers [N] of sequences and [R*N] of their new group -> [N,1+R], a row a sequence. */
function apart(own: Value, fresh: Value | undefined, rollouts: number): Value {
  const batch = own.shape[0] as number;
  const all = fresh ? ops.concat([own, fresh], 0) : own;
  return ops.transpose(ops.reshape(all, [fresh ? rollouts + 1 : 1, batch]));
}

/** Tokens [N,K] -> [K*N], the first of each sequence first. */
function together(drawn: Value, batch: number): Value {
  return ops.reshape(ops.transpose(drawn), [batch * (drawn.shape[1] as number)]);
}

function tiled(rows: Value, times: number): Value {
  return ops.concat(
    Array.from({ length: times }, () => rows),
    0,
  );
}

/** Rows of sequences and groups, with a group that begins where the sequences stand before the former. */
function withNewGroup(rows: Value, batch: number, rollouts: number): Value {
  const sequences = ops.slice(rows, 0, 0, batch);
  const count = rows.shape[0] as number;
  const groups = count > batch ? [ops.slice(rows, 0, batch, count)] : [];
  return ops.concat([tiled(sequences, 1 + rollouts), ...groups], 0);
}
