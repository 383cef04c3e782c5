import { leaf } from "../../graph/ops/leaf.ts";
import { staticDim } from "../../graph/value.ts";
import { type Variable, Variables } from "../../nn/index.ts";
import type { NamedGraph } from "../../onnx/emit.ts";
import { discriminatorScope, type SequenceDiscriminator } from "./discriminator.ts";

/** What D thinks of sequences: `tokens` i32 [T,N] and its variables by name -> `logits` [S,N]. */
export function criticGraph(
  discriminator: SequenceDiscriminator,
  { length, batch }: { readonly length: number; readonly batch: number },
): {
  readonly graph: NamedGraph;
  readonly variables: readonly Variable[];
  /** S, how often it judges a sequence. */
  readonly judgements: number;
} {
  const variables = new Variables();
  const tokens = leaf("tokens", [length, batch], { kind: "data" }, "i32");
  const logits = discriminator.judge(variables.scope(discriminatorScope, "eval"), tokens);
  const inputs = new Map([["tokens", tokens]]);
  for (const v of variables.all.values()) inputs.set(v.name, v.value);
  const outputs = new Map([["logits", logits]]);
  return {
    graph: { name: "critic", inputs, outputs },
    variables: [...variables.all.values()],
    judgements: staticDim(logits, 0),
  };
}
