import type { z } from "zod";
import type { textConfigSchema } from "./text-config.ts";

/** A named configuration of a generator of text: pure data. */
export interface TextRecipe {
  readonly name: string;
  readonly summary: string;
  readonly config: Omit<z.input<typeof textConfigSchema>, "recipe">;
}

const wide = { name: "lstm", embedding: 64, hidden: 256, dropout: 0.3 };
const start = (iterations: number, learningRate = 2e-3) => ({
  method: { name: "likelihood", learningRate },
  ...{ iterations, patience: 3 },
});

const brown = {
  kind: "text",
  ...{ length: 20, seed: 0 },
  data: { name: "brown" },
  tokenizer: { kind: "word", minimumCount: 5 },
  generator: wide,
} as const;

const quatrains = {
  kind: "text",
  ...{ length: 20, fixedLength: true, seed: 0 },
  data: { name: "quatrains", characters: 5 },
  generator: wide,
} as const;

/** Every recipe of text; a new one is an entry here. */
export const textRecipes: readonly TextRecipe[] = [
  {
    name: "text",
    summary: "your own texts by maximum likelihood: --data poems.txt",
    config: {
      kind: "text",
      ...{ length: 40, seed: 0 },
      data: { name: "wordnet" },
      generator: wide,
      stages: [
        {
          method: { name: "likelihood", learningRate: 2e-3, leastSteps: 100 },
          ...{ iterations: 20, patience: 3 },
        },
      ],
    },
  },
  {
    name: "brown-mle",
    summary: "sentences of the Brown corpus by maximum likelihood",
    config: { ...brown, stages: [start(15)] },
  },
  {
    name: "brown-transformer",
    summary: "sentences of the Brown corpus by maximum likelihood, with a transformer",
    config: {
      ...brown,
      generator: { name: "transformer", width: 128, layers: 2, heads: 4, dropout: 0.2 },
      stages: [start(15, 1e-3)],
    },
  },
  {
    name: "brown-seqgan",
    summary: "sentences of the Brown corpus: likelihood, then SeqGAN",
    config: {
      ...brown,
      stages: [start(10), { method: { name: "seqgan", rollouts: 8 }, iterations: 40 }],
    },
  },
  {
    name: "quatrain-mle",
    summary: "Chinese quatrains of five or seven characters a line, by maximum likelihood",
    config: {
      kind: "text",
      ...{ length: 32, seed: 0 },
      data: { name: "quatrains", characters: "both", punctuation: true, limit: 30_000 },
      tokenizer: { kind: "character", minimumCount: 20 },
      generator: { embedding: 64, hidden: 192, dropout: 0.2 },
      stages: [start(10)],
    },
  },
  {
    name: "quatrain-cot",
    summary: "Chinese quatrains: likelihood, then cooperative training (CoT)",
    config: {
      ...quatrains,
      stages: [
        start(12),
        {
          method: { name: "cot", generatorRate: 2e-4, mediatorRate: 2e-4 },
          ...{ iterations: 6, patience: 2 },
        },
      ],
    },
  },
  {
    name: "quatrain-relgan",
    summary: "Chinese quatrains: likelihood, then RelGAN, a game of relaxed tokens",
    config: {
      ...quatrains,
      generator: { name: "relational-memory", headSize: 128, dropout: 0.3 },
      stages: [
        start(12),
        {
          method: {
            name: "relgan",
            discriminator: { convolutions: [2, 3, 4, 5].map((width) => ({ width, filters: 100 })) },
          },
          iterations: 20,
        },
      ],
    },
  },
];
