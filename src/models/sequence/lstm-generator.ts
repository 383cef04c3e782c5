import { z } from "zod";
import type { SequenceGenerator } from "../../adversarial/sequence/generator.ts";
import * as ops from "../../graph/ops/index.ts";
import type { Dim, Value } from "../../graph/value.ts";
import {
  dropout,
  embedding,
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
});

export type LstmGeneratorOptions = z.infer<typeof lstmGeneratorSchema>;

/**
 * SeqGAN's generator (arXiv 1609.05473): embedding, one LSTM layer, projection to the vocabulary; all
 * weights start as N(0, deviation^2).
 */
export function lstmGenerator(
  { embedding: width, hidden: size, deviation, dropout: rate }: LstmGeneratorOptions,
  shape: SequenceShape,
): SequenceGenerator {
  const { vocabulary, start } = shape;
  const init = normal(deviation);
  const embed = (s: Scope, tokens: Value) =>
    embedding(s.at("embedding"), tokens, vocabulary, width, init);
  return {
    ...shape,
    hidden: (s, tokens) => {
      const [length, batch] = tokens.shape as readonly number[] as [number, number];
      const x = dropout(s.at("embedding"), embed(s, readTokens(tokens, start)), rate);
      const { outputs } = lstmLayer(s.at("lstm"), x, size, undefined, init);
      return dropout(s.at("lstm"), ops.reshape(outputs, [length * batch, size]), rate);
    },
    begin: (_s, like) => {
      const zero = ops.matMul(
        ops.mul(ops.reshape(like, [like.shape[0] as Dim, 1]), ops.scalar(0)),
        ops.constant(new Float64Array(size), [1, size]),
      );
      return [zero, zero];
    },
    read: (s, token, [hidden, cell]) => {
      const state = { hidden: hidden as Value, cell: cell as Value };
      const next = lstmCell(s.at("lstm"), embed(s, token), state, init);
      return { hidden: next.hidden, state: [next.hidden, next.cell] };
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

export const lstm: SequenceGeneratorDefinition<LstmGeneratorOptions> = {
  name: "lstm",
  summary: "SeqGAN's generator: embedding, one LSTM layer, projection",
  schema: lstmGeneratorSchema,
  build: lstmGenerator,
};
