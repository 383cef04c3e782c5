import type { Figures } from "../table.ts";
import type { OracleRecipe } from "./oracle-run.ts";

export interface OracleMethod {
  readonly name: string;
  readonly note: string;
  readonly theirs?: Figures;
  readonly recipe: OracleRecipe;
  /** The published schedule, where that takes hours and `recipe` a part of it. */
  readonly full?: OracleRecipe;
}

const adam = { name: "adam", beta1: 0.9, beta2: 0.999 };

/** SeqGAN's generator, and how it begins. */
const published: OracleRecipe = {
  generator: { embedding: 32, hidden: 32, deviation: 0.1, dropout: 0 },
  likelihood: {
    ...{ batch: 64, epochs: 120, patience: 5, optimizer: adam, learningRate: 1e-2, clip: 5 },
    average: 0,
  },
};

/** SeqGAN's own schedule; G's Adam as in pretraining. */
const seqgan = {
  ...{ batch: 64, rollouts: 16, iterations: 200, clip: 5, l2: 0.2, stepsPerFakes: 468 },
  ...{ baseline: false, generatorRate: 1e-2, discriminatorRate: 1e-4 },
  discriminatorSteps: { before: 23_400, each: 2340 },
};

/** Every method of the table; a new one is an entry here. */
export const oracleMethods: readonly OracleMethod[] = [
  {
    name: "SeqGAN's MLE",
    note: "published: about 115 passes; ours stops early",
    theirs: { nllOracle: 9.04 },
    recipe: published,
  },
  {
    name: "SeqGAN",
    note: "unless --full: 60 of 200 steps of G, at a tenth of the rate and with a baseline; D 300 steps before and 15 after each, not 23,400 and 2,340",
    theirs: { nllOracle: 8.74 },
    recipe: {
      ...published,
      seqgan: {
        ...{ ...seqgan, iterations: 60, stepsPerFakes: 15, discriminatorRate: 1e-3 },
        ...{ baseline: true, generatorRate: 1e-3 },
        discriminatorSteps: { before: 300, each: 15 },
      },
    },
    full: { ...published, seqgan },
  },
  {
    name: "tuned MLE",
    note: "four times as wide, dropout 0.6, a slower rate",
    theirs: { excess: 3.74 },
    recipe: {
      generator: { embedding: 64, hidden: 128, deviation: 0.1, dropout: 0.6 },
      likelihood: {
        ...{ batch: 64, epochs: 40, patience: 5, optimizer: adam, learningRate: 2e-3, clip: 5 },
        average: 0,
      },
    },
  },
];
