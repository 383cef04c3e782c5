import { generatorScope, type SequenceGenerator } from "../../src/adversarial/index.ts";
import type { NdArray } from "../../src/graph/nd-array.ts";
import * as ops from "../../src/graph/ops/index.ts";
import { elementCount, type Value } from "../../src/graph/value.ts";
import { type Variable, Variables } from "../../src/nn/index.ts";
import { Random } from "../../src/util/random.ts";

/** Variables as graphs ask for them, and the tokens that they read. */
export interface SequenceNetworks {
  readonly variables: Variables;
  readonly tokens: Value;
  /** Noise [N,3], for generators that read so much. */
  readonly z: Value;
}

export function sequenceNetworks(length: number, batch: number): SequenceNetworks {
  const tokens = ops.leaf("tokens", [length, batch], { kind: "data" }, "i32");
  const z = ops.leaf("z", [batch, 3], { kind: "data" });
  return { variables: new Variables(), tokens, z };
}

export function wholeLogits(
  generator: SequenceGenerator,
  { variables, tokens, z }: SequenceNetworks,
): Value {
  const s = variables.scope(generatorScope, "eval");
  const { weight, bias } = generator.projection(s);
  const hidden = generator.hidden(s, tokens, z);
  return ops.add(ops.matMul(hidden, weight, { transB: true }), bias);
}

export function withTokens(
  { variables, tokens, z }: SequenceNetworks,
  data: Int32Array,
): Map<Value, NdArray> {
  const feeds = new Map<Value, NdArray>();
  for (const v of variables.all.values()) {
    feeds.set(v.value, { shape: v.shape, data: Float64Array.from(filled(v)) });
  }
  const noise = new Float64Array(elementCount(z.shape));
  new Random(4, "z").fillNormal(noise);
  feeds.set(z, { shape: z.shape as number[], data: noise });
  return feeds.set(tokens, { shape: tokens.shape as number[], data: Float64Array.from(data) });
}

export function filled({ name, shape: own, initializer }: Variable): Float32Array {
  const data = new Float32Array(elementCount(own));
  initializer(data, new Random(2, name), own);
  return data;
}

export function softmax(logits: Float64Array, temperature: number): number[] {
  const e = [...logits].map((x) => Math.exp(x / temperature));
  const total = e.reduce((a, b) => a + b, 0);
  return e.map((x) => x / total);
}
