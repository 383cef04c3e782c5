import type { Stage } from "../../train/sequence/course.ts";
import type { Figures } from "../table.ts";
import type { OracleRecipe } from "./oracle-run.ts";

export interface OracleMethod {
  readonly name: string;
  readonly note: string;
  readonly theirs?: Figures;
  readonly recipe: OracleRecipe;
  /** The published schedule, where that takes hours and `recipe` a part of it. */
  readonly full?: OracleRecipe;
  /** Options by which a smoke run shortens an iteration of each stage. */
  readonly quick?: readonly (Readonly<Record<string, unknown>> | undefined)[];
}

/** SeqGAN's generator, and how it begins. */
const published = { embedding: 32, hidden: 32, deviation: 0.1, dropout: 0 };
const publishedStart: Stage = {
  method: { name: "likelihood", batch: 64, learningRate: 1e-2 },
  iterations: 120,
  patience: 5,
};

/** Four times as wide, with dropout. */
const wide = { embedding: 64, hidden: 128, deviation: 0.1, dropout: 0.6 };
const wideStart: Stage = {
  method: { name: "likelihood", batch: 64, learningRate: 2e-3 },
  iterations: 40,
  patience: 5,
};

/** Faster, and with an average of the weights: what maximum likelihood does best with. */
const tunedStart: Stage = {
  method: { name: "likelihood", batch: 64, learningRate: 4e-3, average: 0.995 },
  iterations: 40,
  patience: 5,
};

/** Half as wide, with little dropout: members that learn fast, as their mean evens out what each got wrong. */
const member = { embedding: 64, hidden: 64, deviation: 0.1, dropout: 0.3 };

const shortLessons = { discriminatorSteps: { before: 2, each: 1 } };

/** Every method of the table; a new one is an entry here. */
export const oracleMethods: readonly OracleMethod[] = [
  {
    name: "SeqGAN's MLE",
    note: "published: about 115 passes; ours stops early",
    theirs: { nllOracle: 9.04 },
    recipe: { generator: published, stages: [publishedStart] },
  },
  {
    name: "SeqGAN",
    note: "unless --full: 60 of 200 steps of G, at a tenth of the rate and with a baseline; D 300 steps before and 15 after each, not 23,400 and 2,340",
    theirs: { nllOracle: 8.74 },
    recipe: {
      generator: published,
      stages: [publishedStart, { method: { name: "seqgan" }, iterations: 60 }],
    },
    full: {
      generator: published,
      stages: [
        publishedStart,
        {
          method: {
            ...{ name: "seqgan", baseline: false, generatorRate: 1e-2, discriminatorRate: 1e-4 },
            ...{ discriminatorSteps: { before: 23_400, each: 2340 }, stepsPerFakes: 468 },
          },
          iterations: 200,
        },
      ],
    },
    quick: [undefined, { ...shortLessons, rollouts: 2 }],
  },
  {
    name: "MaliGAN",
    note: "as SeqGAN's short schedule; rewards of whole sequences, without rollouts",
    recipe: {
      generator: published,
      stages: [publishedStart, { method: { name: "maligan" }, iterations: 60 }],
    },
    quick: [undefined, shortLessons],
  },
  {
    name: "tuned MLE",
    note: "four times as wide, dropout 0.6, a slower rate, an average of the weights",
    theirs: { excess: 3.74 },
    recipe: { generator: wide, stages: [tunedStart] },
  },
  {
    name: "CoT",
    note: "begins as an MLE of the tuned width, rate 2e-3, no average; then 10 x 100 steps of G at 2e-4, the best by validation kept",
    theirs: { excess: 4.0 },
    recipe: {
      generator: wide,
      stages: [
        wideStart,
        {
          method: { name: "cot", generatorRate: 2e-4, mediatorRate: 2e-4 },
          iterations: 10,
          patience: 3,
        },
      ],
    },
    quick: [undefined, { generatorSteps: 2 }],
  },
  {
    name: "CoT with a committee",
    note: "four members, 7 passes each; then 20 x 100 steps of G after their mean; half as wide as the tuned MLE",
    recipe: {
      generator: member,
      stages: [
        {
          method: {
            ...{ name: "committee", members: 4, passes: 7, batch: 16 },
            memberRate: { from: 6e-3, to: 5e-4, over: 7 },
            generatorRate: { from: 1e-3, to: 5e-5, over: 20 },
          },
          iterations: 27,
        },
      ],
    },
    quick: [{ members: 2, passes: 0, generatorSteps: 2 }],
  },
];
