import type { TextRunConfig } from "../../recipes/text/index.ts";
import type { Stage } from "../../train/sequence/course.ts";

/** Real texts to write like. */
export interface TextCorpus {
  readonly name: string;
  readonly config: Pick<TextRunConfig, "data" | "length" | "fixedLength"> &
    Partial<Pick<TextRunConfig, "tokenizer">>;
}

/** How a generator learns; it begins by likelihood. */
export interface TextMethod {
  readonly name: string;
  readonly note: string;
  readonly stages: readonly Stage[];
  /** Options by which a smoke run shortens an iteration of each stage. */
  readonly quick?: readonly (Readonly<Record<string, unknown>> | undefined)[];
}

/** Texts to learn from; what is left of the corpus teaches the judge. */
const limit = 10_000;

/** Every corpus of the table; a new one is an entry here. */
export const textCorpora: readonly TextCorpus[] = [
  {
    name: "brown",
    config: {
      ...{ length: 20, fixedLength: false },
      data: { name: "brown", limit },
      tokenizer: { kind: "word", minimumCount: 15 },
    },
  },
  {
    name: "quatrains",
    config: {
      ...{ length: 20, fixedLength: true },
      data: { name: "quatrains", characters: 5, limit },
      tokenizer: { kind: "character", minimumCount: 5 },
    },
  },
];

/** The network of every method: the tuned MLE's. */
export const textGeneratorOptions = { embedding: 64, hidden: 128, deviation: 0.1, dropout: 0.5 };

/** How every method begins. */
const start: Stage = {
  method: { name: "likelihood", batch: 64, learningRate: 4e-3 },
  ...{ iterations: 10, patience: 2 },
};

/** Methods that reward G: a single turn of D, then one of G, as in the oracle's short schedule. */
const oneTurn = {
  ...{ l2: 0, generatorRate: 4e-3, stepsPerFakes: 4 },
  discriminatorSteps: { before: 400, each: 0 },
};
const shortLessons = { discriminatorSteps: { before: 2, each: 1 } };

/** Every method of the table; a new one is an entry here. */
export const textMethods: readonly TextMethod[] = [
  {
    name: "tuned MLE",
    note: "maximum likelihood, dropout 0.5, the best of at most 10 passes by validation",
    stages: [start],
  },
  {
    name: "SeqGAN",
    note: "begins as the tuned MLE; then D 400 steps, and 30 steps of G, 4 rollouts",
    stages: [start, { method: { name: "seqgan", rollouts: 4, ...oneTurn }, iterations: 30 }],
    quick: [undefined, { ...shortLessons, rollouts: 2 }],
  },
  {
    name: "MaliGAN",
    note: "begins as the tuned MLE; then as SeqGAN, but rewards of whole texts, without rollouts",
    stages: [start, { method: { name: "maligan", ...oneTurn }, iterations: 30 }],
    quick: [undefined, shortLessons],
  },
  {
    name: "CoT",
    note: "begins as the tuned MLE; then at most 4 x 50 steps of G at 2e-4, the best by validation kept",
    stages: [
      start,
      {
        method: { name: "cot", generatorSteps: 50, generatorRate: 2e-4, mediatorRate: 2e-4 },
        ...{ iterations: 4, patience: 2 },
      },
    ],
    quick: [undefined, { generatorSteps: 2 }],
  },
];
