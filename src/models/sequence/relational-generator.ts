import { z } from "zod";
import type { SequenceGenerator } from "../../adversarial/sequence/generator.ts";
import * as ops from "../../graph/ops/index.ts";
import type { Dim, Value } from "../../graph/value.ts";
import {
  dropout,
  embedding,
  heNormal,
  initialSlots,
  relationalMemory as memoryLayer,
  normal,
  relationalMemoryCell,
  type Scope,
  zeros,
} from "../../nn/index.ts";
import type { SequenceGeneratorDefinition, SequenceShape } from "./definition.ts";
import { readTokens } from "./read-tokens.ts";

export const relationalGeneratorSchema = z.strictObject({
  embedding: z.int().min(1).max(4096).default(32),
  heads: z.int().min(1).max(64).default(2),
  /** Numbers of a head; a slot has heads x headSize of them. */
  headSize: z.int().min(1).max(1024).default(256),
  slots: z.int().min(1).max(16).default(1),
  /** Layers of the network behind the attention. */
  layers: z.int().min(1).max(8).default(2),
  /** Share of the embedding's and of the memory's numbers that a training step leaves out. */
  dropout: z.number().min(0).max(0.95).default(0),
});

export type RelationalGeneratorOptions = z.infer<typeof relationalGeneratorSchema>;

/**
 * RelGAN's generator (Nie, Narodytska and Patel, ICLR 2019): embedding, a relational memory core (arXiv
 * 1806.01822), projection of its slots to the vocabulary. Weights start as N(0, 1 / inputs).
 * Differs: normal initial weights, not cut at two deviations; each slot is normalised by itself, as in
 * arXiv 1806.01822.
 */
export function relationalGenerator(
  { embedding: width, slots, dropout: rate, ...options }: RelationalGeneratorOptions,
  shape: SequenceShape,
): SequenceGenerator {
  const { vocabulary, start } = shape;
  const size = slots * options.heads * options.headSize;
  const embed = (s: Scope, tokens: Value) =>
    embedding(s.at("embedding"), tokens, vocabulary, width, normal(vocabulary ** -0.5));
  return {
    ...shape,
    hidden: (s, tokens) => {
      const [length, batch] = tokens.shape as readonly number[] as [number, number];
      const x = dropout(s.at("embedding"), embed(s, readTokens(tokens, start)), rate);
      const outputs = memoryLayer(s.at("memory"), x, slots, options);
      return dropout(s.at("memory"), ops.reshape(outputs, [length * batch, size]), rate);
    },
    begin: (_s, like) => {
      const none = ops.mul(ops.reshape(like, [like.shape[0] as Dim, 1]), ops.scalar(0));
      return initialSlots(slots, options).map((m) => ops.add(none, m));
    },
    read: (s, token, memory) => {
      const next = relationalMemoryCell(s.at("memory"), embed(s, token), memory, options);
      return { hidden: ops.concat(next, 1), state: next };
    },
    projection: (s) => {
      const out = s.at("out");
      return {
        weight: out.parameter("weight", [vocabulary, size], heNormal(1)),
        bias: out.parameter("bias", [vocabulary], zeros),
      };
    },
  };
}

export const relationalMemory: SequenceGeneratorDefinition<RelationalGeneratorOptions> = {
  name: "relational-memory",
  summary: "RelGAN's generator: embedding, relational memory core, projection",
  schema: relationalGeneratorSchema,
  build: relationalGenerator,
};
