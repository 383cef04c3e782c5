import { z } from "zod";
import type { SequenceDiscriminator } from "../../adversarial/sequence/discriminator.ts";
import * as ops from "../../graph/ops/index.ts";
import { staticDim, type Value } from "../../graph/value.ts";
import { dropout, embedding, layerNormLstm, linear, uniform } from "../../nn/index.ts";
import type { SequenceShape } from "./definition.ts";

export const lstmDiscriminatorSchema = z.strictObject({
  embedding: z.int().min(1).max(4096).default(64),
  /** ScratchGAN: 512. */
  hidden: z.int().min(1).max(4096).default(128),
  /** Share of the tokens' vectors that a training step leaves out. */
  dropout: z.number().min(0).max(0.95).default(0.1),
});

export type LstmDiscriminatorOptions = z.infer<typeof lstmDiscriminatorSchema>;

/** Numbers that say where in the sequence a token stands. */
const positions = 8;

/**
 * ScratchGAN's discriminator (arXiv 1905.09922): says after every token whether what it has read so far is
 * real. Tokens' vectors with dropout, beside them eight sines and cosines of their place (arXiv
 * 1706.03762), one linear layer, an LSTM with layer normalisation, a logit a step: tokens i32 [T,N] ->
 * [T,N]. It does not look ahead: logits of a step depend on tokens up to it.
 * Differs: dropout of the vectors as they are read, not of the table; no pretrained vectors.
 */
export function lstmDiscriminator(
  { embedding: width, hidden, dropout: rate }: LstmDiscriminatorOptions,
  { vocabulary }: Pick<SequenceShape, "vocabulary">,
): SequenceDiscriminator {
  return {
    judge: (s, tokens) => {
      const at = s.at("embedding");
      const vectors = dropout(at, embedding(at, tokens, vocabulary, width, uniform(1)), rate);
      const placed = linear(s.at("input"), withPlaces(vectors), hidden);
      const logits = linear(s.at("out"), layerNormLstm(s.at("lstm"), placed, hidden), 1);
      return ops.reshape(logits, tokens.shape);
    },
  };
}

/** Vectors [T,N,E] -> [T,N,E+8]: wave lengths from 2 pi to 20,000 pi tokens. */
function withPlaces(vectors: Value): Value {
  const [length, rows] = [staticDim(vectors, 0), staticDim(vectors, 1)];
  const waves = positions / 2;
  const signal = Float64Array.from({ length: length * positions }, (_, i) => {
    const [t, k] = [Math.floor(i / positions), i % positions];
    const angle = t * 10_000 ** (-(k % waves) / (waves - 1));
    return k < waves ? Math.sin(angle) : Math.cos(angle);
  });
  const places = ops.constant(signal, [length, 1, positions]);
  return ops.concat([vectors, ops.broadcastTo(places, [length, rows, positions])], 2);
}
