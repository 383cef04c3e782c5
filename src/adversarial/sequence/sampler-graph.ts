import * as ops from "../../graph/ops/index.ts";
import { leaf } from "../../graph/ops/leaf.ts";
import type { Value } from "../../graph/value.ts";
import { sampleCategorical, type Variable, Variables } from "../../nn/index.ts";
import type { NamedGraph } from "../../onnx/emit.ts";
import { afterEnd, mixed } from "./ended.ts";
import { generatorScope, type SequenceGenerator } from "./generator.ts";
import { likelyTokens } from "./likely-tokens.ts";
import { noiseLeaf } from "./noise-leaf.ts";

export interface SamplerGraphOptions {
  readonly prefixed?: boolean;
  readonly never?: readonly number[];
  readonly truncated?: boolean;
}

/**
 * The generator as it is used, for any number N of sequences: inputs `uniform` [T,N] in [0, 1), one
 * number a token, and `temperature` [], by which logits are divided; a generator of noise reads `z`
 * [N,Z] from N(0,1); its variables are further inputs by name. Output `tokens` i32 [T,N]. With `prefixed` there are two more: `prefix` i32 [T,N], and `prefixed`
 * [T,N], 1 where the token stands there already and 0 where it is drawn. Tokens of `never` are not drawn.
 * With `truncated` it draws among the `topK` i32 [] likeliest tokens (arXiv 1805.04833), and of those
 * among the fewest whose probability reaches `topP` [] of theirs (arXiv 1904.09751).
 */
export function sequenceSamplerGraph(
  generator: SequenceGenerator,
  { prefixed = false, never = [], truncated = false }: SamplerGraphOptions = {},
): {
  readonly graph: NamedGraph;
  readonly variables: readonly Variable[];
} {
  const { vocabulary, length, start, end } = generator;
  const variables = new Variables();
  const scope = variables.scope(generatorScope, "eval");
  const uniform = leaf("uniform", [length, "N"], { kind: "noise", distribution: "uniform" });
  const temperature = leaf("temperature", [], { kind: "data" });
  const projection = generator.projection(scope);
  const begun = prefixed
    ? {
        prefix: leaf("prefix", [length, "N"], { kind: "data" }, "i32"),
        prefixed: leaf("prefixed", [length, "N"], { kind: "data" }),
      }
    : undefined;
  const kept = truncated
    ? {
        topK: leaf("topK", [], { kind: "data" }, "i32"),
        topP: leaf("topP", [], { kind: "data" }),
      }
    : undefined;
  const rowOf = (x: Value, t: number) => ops.reshape(ops.slice(x, 0, t, t + 1), ["N"]);
  const row = (t: number) => rowOf(uniform, t);
  const mask = Float64Array.from({ length: vocabulary }, (_, i) => Number(!never.includes(i)));
  const allowed = never.length > 0 ? ops.constant(mask, [1, vocabulary]) : undefined;
  const z = noiseLeaf(generator, "N");
  let state = generator.begin(scope, row(0), z);
  let token = ops.cast(ops.add(ops.mul(row(0), ops.scalar(0)), ops.scalar(start)), "i32");
  const tokens: Value[] = [];
  for (let t = 0; t < length; t++) {
    const before = token;
    const read = generator.read(scope, token, state);
    state = read.state;
    let likely = likelyTokens(read.hidden, projection, row(t), temperature);
    if (allowed) likely = ops.mul(likely, allowed);
    if (kept) likely = truncatedTo(likely, kept.topK, kept.topP);
    token = sampleCategorical(likely, row(t));
    if (end !== undefined && t > 0) token = afterEnd(before, token, end);
    if (begun) token = mixed(rowOf(begun.prefixed, t), rowOf(begun.prefix, t), token);
    tokens.push(ops.reshape(token, [1, "N"]));
  }
  const inputs = new Map([
    ["uniform", uniform],
    ["temperature", temperature],
  ]);
  if (z) inputs.set("z", z);
  for (const [name, value] of Object.entries({ ...begun, ...kept })) inputs.set(name, value);
  for (const v of variables.all.values()) inputs.set(v.name, v.value);
  const outputs = new Map([["tokens", ops.concat(tokens, 0)]]);
  return { graph: { name: "sampler", inputs, outputs }, variables: [...variables.all.values()] };
}

/** Probabilities [N,V] of tokens that are likely enough, 0 for others. */
function truncatedTo(likely: Value, topK: Value, topP: Value): Value {
  const least = ops.leastKept(likely, topK, topP);
  return ops.where(ops.greater(least, likely), ops.scalar(0), likely);
}
