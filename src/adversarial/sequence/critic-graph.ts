import * as ops from "../../graph/ops/index.ts";
import { leaf } from "../../graph/ops/leaf.ts";
import { staticDim, type Value } from "../../graph/value.ts";
import { type Variable, Variables } from "../../nn/index.ts";
import type { NamedGraph } from "../../onnx/emit.ts";
import { discriminatorScope, type SequenceDiscriminator } from "./discriminator.ts";

interface CriticGraph {
  readonly graph: NamedGraph;
  readonly variables: readonly Variable[];
  /** S, how often it judges a sequence. */
  readonly judgements: number;
}

/** What D thinks of sequences: `tokens` i32 [T,N] and its variables by name -> `logits` [S,N]. */
export function criticGraph(
  discriminator: SequenceDiscriminator,
  { length, batch }: { readonly length: number; readonly batch: number },
): CriticGraph {
  const variables = new Variables();
  const tokens = leaf("tokens", [length, batch], { kind: "data" }, "i32");
  const logits = discriminator.judge(variables.scope(discriminatorScope, "eval"), tokens);
  return named(variables, { tokens }, logits);
}

/**
 * What D thinks of sequences and of ends of their beginnings: `sequences` i32 [N,T], `ends` i32 [T-1,M,T] as
 * `judgeEnds` reads them, and its variables by name -> `logits` [S,N+(T-1)M]. Undefined where D judges each
 * alone.
 */
export function endsCriticGraph(
  { judgeEnds }: SequenceDiscriminator,
  shape: { readonly length: number; readonly batch: number; readonly rollouts: number },
): CriticGraph | undefined {
  if (!judgeEnds) return undefined;
  const { length, batch, rollouts } = shape;
  const variables = new Variables();
  const scope = variables.scope(discriminatorScope, "eval");
  const sequences = leaf("sequences", [batch, length], { kind: "data" }, "i32");
  const endsShape = [length - 1, batch * rollouts, length];
  const ends = leaf("ends", endsShape, { kind: "data" }, "i32");
  const logits = judgeEnds(scope, ops.transpose(sequences), ends);
  return named(variables, { sequences, ends }, logits);
}

function named(
  { all }: Variables,
  read: Readonly<Record<string, Value>>,
  logits: Value,
): CriticGraph {
  const variables = [...all.values()];
  const inputs = new Map(Object.entries(read));
  for (const v of variables) inputs.set(v.name, v.value);
  const graph = { name: "critic", inputs, outputs: new Map([["logits", logits]]) };
  return { graph, variables, judgements: staticDim(logits, 0) };
}
