import * as ops from "../../graph/ops/index.ts";
import { leaf } from "../../graph/ops/leaf.ts";
import type { Value } from "../../graph/value.ts";
import { sampleCategorical, type Variable, Variables } from "../../nn/index.ts";
import type { NamedGraph } from "../../onnx/emit.ts";
import { generatorScope, type SequenceGenerator } from "./generator.ts";

/**
 * The generator as it is used, for any number N of sequences: inputs `uniform` [T,N] in [0, 1), one
 * number a token, and `temperature` [], by which logits are divided; its variables are further inputs by
 * name. Output `tokens` i32 [T,N].
 */
export function sequenceSamplerGraph(generator: SequenceGenerator): {
  readonly graph: NamedGraph;
  readonly variables: readonly Variable[];
} {
  const { length, start, end } = generator;
  const variables = new Variables();
  const scope = variables.scope(generatorScope, "eval");
  const uniform = leaf("uniform", [length, "N"], { kind: "noise", distribution: "uniform" });
  const temperature = leaf("temperature", [], { kind: "data" });
  const { weight, bias } = generator.projection(scope);
  const row = (t: number) => ops.reshape(ops.slice(uniform, 0, t, t + 1), ["N"]);
  let state = generator.begin(scope, row(0));
  let token = ops.cast(ops.add(ops.mul(row(0), ops.scalar(0)), ops.scalar(start)), "i32");
  const tokens: Value[] = [];
  for (let t = 0; t < length; t++) {
    const before = token;
    const read = generator.read(scope, token, state);
    state = read.state;
    const logits = ops.add(ops.matMul(read.hidden, weight, { transB: true }), bias);
    token = sampleCategorical(ops.softmax(ops.div(logits, temperature), 1), row(t));
    if (end !== undefined && t > 0) token = afterEnd(before, token, end);
    tokens.push(ops.reshape(token, [1, "N"]));
  }
  const inputs = new Map([
    ["uniform", uniform],
    ["temperature", temperature],
  ]);
  for (const v of variables.all.values()) inputs.set(v.name, v.value);
  const outputs = new Map([["tokens", ops.concat(tokens, 0)]]);
  return { graph: { name: "sampler", inputs, outputs }, variables: [...variables.all.values()] };
}

/** `token`, or the end where the sequence had ended before. */
function afterEnd(before: Value, token: Value, end: number): Value {
  const ended = ops.cast(
    ops.greater(ops.scalar(0.5), ops.abs(ops.sub(ops.cast(before, "f32"), ops.scalar(end)))),
    "f32",
  );
  const open = ops.sub(ops.scalar(1), ended);
  const kept = ops.add(ops.mul(ops.cast(token, "f32"), open), ops.mul(ended, ops.scalar(end)));
  return ops.cast(kept, "i32");
}
