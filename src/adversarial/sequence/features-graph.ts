import * as ops from "../../graph/ops/index.ts";
import { leaf } from "../../graph/ops/leaf.ts";
import { elementCount, type Value } from "../../graph/value.ts";
import { type Variable, Variables } from "../../nn/index.ts";
import type { NamedGraph } from "../../onnx/emit.ts";
import { generatorScope, type SequenceGenerator } from "./generator.ts";
import { tokensLeaf } from "./likelihood.ts";

/**
 * What a generator remembers of sequences: `tokens` i32 [T,N], `shares` [T,N] and its variables by name
 * -> `features` [N,H], the sum over t of shares[t] times the hidden vector from which token t is foretold.
 */
export function sequenceFeaturesGraph(
  generator: SequenceGenerator,
  batch: number,
): { readonly graph: NamedGraph; readonly variables: readonly Variable[] } {
  const variables = new Variables();
  const tokens = tokensLeaf(generator, batch);
  const { length } = generator;
  const shares = leaf("shares", [length, batch], { kind: "data" });
  const hidden = generator.hidden(variables.scope(generatorScope, "eval"), tokens);
  const width = elementCount(hidden.shape) / (length * batch);
  const weighted = ops.mul(
    ops.reshape(hidden, [length, batch, width]),
    ops.reshape(shares, [length, batch, 1]),
  );
  const inputs = new Map<string, Value>([
    ["tokens", tokens],
    ["shares", shares],
  ]);
  for (const v of variables.all.values()) inputs.set(v.name, v.value);
  const outputs = new Map([["features", ops.reduceSum(weighted, [0])]]);
  return { graph: { name: "features", inputs, outputs }, variables: [...variables.all.values()] };
}
