import { leaf } from "../../graph/ops/leaf.ts";
import { staticDim, type Value } from "../../graph/value.ts";
import { type Variable, Variables } from "../../nn/index.ts";
import type { NamedGraph } from "../../onnx/emit.ts";
import { discriminatorScope } from "./discriminator.ts";
import { directionsOf, logRanks, type SequenceRanker, standardOf } from "./ranker.ts";

interface NetworkGraph {
  readonly graph: NamedGraph;
  readonly variables: readonly Variable[];
}

/**
 * What sequences are held against: `references` i32 [T,U], `comparison` i32 [T,C] and the ranker's variables
 * by name -> `directions` [U,F] and `crowd` [1,U], see `Standard`.
 */
export function standardGraph(
  ranker: SequenceRanker,
  length: number,
  sizes: { readonly references: number; readonly comparison: number; readonly gamma: number },
): NetworkGraph {
  const variables = new Variables();
  const scope = variables.scope(discriminatorScope, "eval");
  const references = leaf("references", [length, sizes.references], { kind: "data" }, "i32");
  const comparison = leaf("comparison", [length, sizes.comparison], { kind: "data" }, "i32");
  const directions = (tokens: Value) => directionsOf(ranker.features(scope, tokens));
  const standard = standardOf(directions(references), directions(comparison), sizes.gamma);
  return network("standard", variables, {
    inputs: { references, comparison },
    outputs: { directions: standard.references, crowd: standard.crowd },
  });
}

/**
 * How sequences rank: `tokens` i32 [T,N], the `directions` [U,F] and the `crowd` [1,U] of a standard, and the
 * ranker's variables by name -> `logRanks` [N].
 */
export function rankGraph(
  ranker: SequenceRanker,
  length: number,
  sizes: { readonly batch: number; readonly references: number; readonly gamma: number },
): NetworkGraph {
  const variables = new Variables();
  const scope = variables.scope(discriminatorScope, "eval");
  const tokens = leaf("tokens", [length, sizes.batch], { kind: "data" }, "i32");
  const ranked = directionsOf(ranker.features(scope, tokens));
  const shape = [sizes.references, staticDim(ranked, 1)];
  const directions = leaf("directions", shape, { kind: "data" });
  const crowd = leaf("crowd", [1, sizes.references], { kind: "data" });
  const ranks = logRanks(ranked, { references: directions, crowd }, sizes.gamma);
  return network("ranks", variables, {
    inputs: { tokens, directions, crowd },
    outputs: { logRanks: ranks },
  });
}

function network(
  name: string,
  { all }: Variables,
  { inputs, outputs }: Record<"inputs" | "outputs", Readonly<Record<string, Value>>>,
): NetworkGraph {
  const variables = [...all.values()];
  const fed = [...Object.entries(inputs), ...variables.map((v) => [v.name, v.value] as const)];
  const graph = { name, inputs: new Map(fed), outputs: new Map(Object.entries(outputs)) };
  return { graph, variables };
}
