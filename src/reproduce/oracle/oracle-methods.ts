import type { Figures } from "../table.ts";
import type { OracleRecipe } from "./oracle-run.ts";

export interface OracleMethod {
  readonly name: string;
  readonly note: string;
  readonly theirs?: Figures;
  readonly recipe: OracleRecipe;
}

const adam = { name: "adam", beta1: 0.9, beta2: 0.999 };

/** Every method of the table; a new one is an entry here. */
export const oracleMethods: readonly OracleMethod[] = [
  {
    name: "SeqGAN's MLE",
    note: "published: about 115 passes; ours stops early",
    theirs: { nllOracle: 9.04 },
    recipe: {
      generator: { embedding: 32, hidden: 32, deviation: 0.1, dropout: 0 },
      likelihood: {
        ...{ batch: 64, epochs: 120, patience: 5, optimizer: adam, learningRate: 1e-2, clip: 5 },
        average: 0,
      },
    },
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
