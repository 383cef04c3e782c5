import { z } from "zod";
import type { SequenceGenerator } from "../../adversarial/sequence/generator.ts";
import * as ops from "../../graph/ops/index.ts";
import { staticDim, type Value } from "../../graph/value.ts";
import {
  causalAttention,
  causalAttentionStep,
  dropout,
  embedding,
  gelu,
  layerNorm,
  linear,
  normal,
  type Scope,
  zeros,
} from "../../nn/index.ts";
import type { SequenceGeneratorDefinition, SequenceShape } from "./definition.ts";
import { readTokens } from "./read-tokens.ts";

export const transformerGeneratorSchema = z
  .strictObject({
    /** Numbers of a token's vector, E. */
    width: z.int().min(1).max(4096).default(128),
    layers: z.int().min(1).max(64).default(2),
    heads: z.int().min(1).max(64).default(4),
    /** Hidden numbers of a feed-forward layer, as a multiple of the width. */
    expansion: z.int().min(1).max(16).default(4),
    /** Logits are products with the embedding's own vectors (arXiv 1608.05859). */
    tied: z.boolean().default(true),
    /** Standard deviation of the initial weights; GPT-2's. */
    deviation: z.number().positive().max(10).default(0.02),
    /** Share of the numbers that a training step leaves out, of the embedding and of each branch. */
    dropout: z.number().min(0).max(0.95).default(0.1),
  })
  .refine(({ width, heads }) => width % heads === 0, {
    message: "a divisor of width",
    path: ["heads"],
  });

export type TransformerGeneratorOptions = z.infer<typeof transformerGeneratorSchema>;

/**
 * A decoder of the GPT kind: vectors of tokens and learned places, blocks of causal attention (arXiv
 * 1706.03762) and two feed-forward layers with gelu, each after a layer norm (arXiv 2002.04745), a last
 * layer norm, projection to the vocabulary. What it remembers are the keys and values of all places,
 * [N,heads,t,E/heads], so that a further token costs one place.
 * Differs from GPT-2: exact gelu; no dropout of attention's shares; a bias of the logits.
 */
export function transformerGenerator(
  options: TransformerGeneratorOptions,
  shape: SequenceShape,
): SequenceGenerator {
  const { width, layers, heads, expansion, tied, deviation, dropout: rate } = options;
  const { vocabulary, length, start } = shape;
  const init = normal(deviation);
  // Each block adds twice to the same sum (GPT-2).
  const outInit = normal(deviation / Math.sqrt(2 * layers));
  const attention = { heads, init, outInit };
  const embed = (s: Scope, tokens: Value) =>
    embedding(s.at("embedding"), tokens, vocabulary, width, init);
  const places = (s: Scope) => s.at("place").parameter("weight", [length, width], init);

  /** x through a block whose attention is `attend`; any leading axes. */
  const block = (s: Scope, x: Value, attend: (s: Scope, x: Value) => Value) => {
    const seen = attend(s.at("attention"), layerNorm(s.at("norm1"), x));
    const h = ops.add(x, dropout(s.at("attention"), seen, rate));
    const wide = linear(s.at("expand"), layerNorm(s.at("norm2"), h), expansion * width, {
      ...{ init, biasInit: zeros },
    });
    const narrow = linear(s.at("contract"), gelu(wide), width, { init: outInit, biasInit: zeros });
    return ops.add(h, dropout(s.at("contract"), narrow, rate));
  };

  return {
    ...shape,
    hidden: (s, tokens) => {
      const [steps, batch] = [staticDim(tokens, 0), staticDim(tokens, 1)];
      const standing = ops.reshape(ops.slice(places(s), 0, 0, steps), [steps, 1, width]);
      const vectors = ops.add(embed(s, readTokens(tokens, start)), standing);
      let x = dropout(s.at("embedding"), vectors, rate);
      for (let i = 0; i < layers; i++) {
        x = block(s.at(`block${i}`), x, (own, v) => causalAttention(own, v, attention));
      }
      return ops.reshape(layerNorm(s.at("norm"), x), [steps * batch, width]);
    },
    begin: () => [],
    read: (s, token, state) => {
      const place = state[0] ? staticDim(state[0], 2) : 0;
      const remembered: Value[] = [];
      let x = ops.add(embed(s, token), ops.slice(places(s), 0, place, place + 1));
      for (let i = 0; i < layers; i++) {
        const [keys, values] = state.slice(2 * i);
        const before = keys && values && { keys, values };
        x = block(s.at(`block${i}`), x, (own, v) => {
          const { output, cache } = causalAttentionStep(own, v, attention, before);
          remembered.push(cache.keys, cache.values);
          return output;
        });
      }
      return { hidden: layerNorm(s.at("norm"), x), state: remembered };
    },
    projection: (s) => ({
      weight: s.at(tied ? "embedding" : "out").parameter("weight", [vocabulary, width], init),
      bias: s.at("out").parameter("bias", [vocabulary], zeros),
    }),
  };
}

export const transformer: SequenceGeneratorDefinition<TransformerGeneratorOptions> = {
  name: "transformer",
  summary: "a decoder of the GPT kind: causal attention, learned places",
  schema: transformerGeneratorSchema,
  build: transformerGenerator,
};
