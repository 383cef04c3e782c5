import { z } from "zod";
import type { SequenceGenerator } from "../../adversarial/sequence/generator.ts";
import * as ops from "../../graph/ops/index.ts";
import { type Dim, graphError, type Value } from "../../graph/value.ts";
import {
  dropout,
  embedding,
  linear,
  lstmCell,
  lstm as lstmLayer,
  normal,
  type Scope,
} from "../../nn/index.ts";
import type { SequenceGeneratorDefinition, SequenceShape } from "./definition.ts";
import { readTokens } from "./read-tokens.ts";

export const lstmGeneratorSchema = z.strictObject({
  embedding: z.int().min(1).max(4096).default(32),
  hidden: z.int().min(1).max(4096).default(32),
  /** Standard deviation of the initial weights; SeqGAN's. */
  deviation: z.number().positive().max(10).default(0.1),
  /** Share of the embedding's and of the hidden vectors' numbers that a training step leaves out. */
  dropout: z.number().min(0).max(0.95).default(0),
  /** A z from N(0,1) for each sequence: its length, and what reads it. */
  noise: z
    .strictObject({
      size: z.int().min(1).max(4096),
      into: z
        .array(z.enum(["state", "input"]))
        .min(1)
        .default(["state"]),
    })
    .optional(),
});

export type LstmGeneratorOptions = z.infer<typeof lstmGeneratorSchema>;

/**
 * SeqGAN's generator (arXiv 1609.05473): embedding, one LSTM layer, projection to the vocabulary; all
 * weights start as N(0, deviation^2). With noise, a sequence begins with the state tanh(A z + a), B z + b
 * (`begin/hidden`, `begin/cell`), or z stands beside each token's vector, or both.
 */
export function lstmGenerator(
  { embedding: width, hidden: size, deviation, dropout: rate, noise }: LstmGeneratorOptions,
  shape: SequenceShape,
): SequenceGenerator {
  const { vocabulary, start } = shape;
  const init = normal(deviation);
  const embed = (s: Scope, tokens: Value) =>
    embedding(s.at("embedding"), tokens, vocabulary, width, init);
  const [inState, inInput] = [noise?.into.includes("state"), noise?.into.includes("input")];
  const firstState = (s: Scope, z: Value) => {
    const map = (name: string) => linear(s.at(`begin/${name}`), z, size, { init, biasInit: init });
    return { hidden: ops.tanh(map("hidden")), cell: map("cell") };
  };
  return {
    ...shape,
    noise: noise?.size,
    hidden: (s, tokens, z) => {
      const [length, batch] = tokens.shape as readonly number[] as [number, number];
      let x = dropout(s.at("embedding"), embed(s, readTokens(tokens, start)), rate);
      if (inInput) {
        const beside = ops.reshape(given(z), [1, batch, given(z).shape[1] as Dim]);
        x = ops.concat([x, ops.broadcastTo(beside, [length, ...beside.shape.slice(1)])], 2);
      }
      const first = inState ? firstState(s, given(z)) : undefined;
      const { outputs } = lstmLayer(s.at("lstm"), x, size, first, init);
      return dropout(s.at("lstm"), ops.reshape(outputs, [length * batch, size]), rate);
    },
    begin: (s, like, z) => {
      const kept = inInput ? [given(z)] : [];
      if (inState) {
        const { hidden, cell } = firstState(s, given(z));
        return [hidden, cell, ...kept];
      }
      const zero = ops.matMul(
        ops.mul(ops.reshape(like, [like.shape[0] as Dim, 1]), ops.scalar(0)),
        ops.constant(new Float64Array(size), [1, size]),
      );
      return [zero, zero, ...kept];
    },
    read: (s, token, [hidden, cell, ...kept]) => {
      const state = { hidden: hidden as Value, cell: cell as Value };
      const vector = embed(s, token);
      const x = kept.length > 0 ? ops.concat([vector, ...kept], 1) : vector;
      const next = lstmCell(s.at("lstm"), x, state, init);
      return { hidden: next.hidden, state: [next.hidden, next.cell, ...kept] };
    },
    projection: (s) => {
      const out = s.at("out");
      return {
        weight: out.parameter("weight", [vocabulary, size], init),
        bias: out.parameter("bias", [vocabulary], init),
      };
    },
  };
}

/** Throws a graph error where a generator of noise was given none. */
function given(z: Value | undefined): Value {
  if (z) return z;
  throw graphError("lstm", "the generator has noise and was given no z");
}

export const lstm: SequenceGeneratorDefinition<LstmGeneratorOptions> = {
  name: "lstm",
  summary: "SeqGAN's generator: embedding, one LSTM layer, projection",
  schema: lstmGeneratorSchema,
  build: lstmGenerator,
};
