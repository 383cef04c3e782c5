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
const published = { name: "lstm", embedding: 32, hidden: 32, deviation: 0.1, dropout: 0 };
const publishedStart: Stage = {
  method: { name: "likelihood", batch: 64, learningRate: 1e-2 },
  iterations: 120,
  patience: 5,
};

/** As far as the published beginning: NLL oracle 9.0, which by validation is some passes too many. */
const shortStart: Stage = {
  method: { name: "likelihood", batch: 64, learningRate: 1e-2 },
  iterations: 10,
};

/**
 * A single turn of D, then one of G, at the published rate with a baseline: in few steps, G cannot follow a D
 * that moves on.
 */
const oneTurn = {
  ...{ generatorRate: 1e-2, stepsPerFakes: 3 },
  discriminatorSteps: { before: 300, each: 0 },
};

/** Four times as wide, with dropout. */
const wide = { name: "lstm", embedding: 64, hidden: 128, deviation: 0.1, dropout: 0.6 };
const wideStart: Stage = {
  method: { name: "likelihood", batch: 64, learningRate: 2e-3 },
  iterations: 40,
  patience: 5,
};

/** RelGAN's generator, a quarter as wide; and its discriminator with a fifth of the filters. */
const narrowMemory = { name: "relational-memory", headSize: 64 };
const fewerFilters = [2, 3, 4, 5].map((width) => ({ width, filters: 60 }));

/** Faster, and with an average of the weights: what maximum likelihood does best with. */
const tunedStart: Stage = {
  method: { name: "likelihood", batch: 64, learningRate: 4e-3, average: 0.995 },
  iterations: 40,
  patience: 5,
};

/** Half as wide, with little dropout: members that learn fast, as their mean evens out what each got wrong. */
const member = { name: "lstm", embedding: 64, hidden: 64, deviation: 0.1, dropout: 0.3 };

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
    name: "SeqGAN's beginning",
    note: "the same after 10 passes, whatever validation says: what SeqGAN, MaliGAN and RankGAN go on from",
    theirs: { nllOracle: 9.04 },
    recipe: { generator: published, stages: [shortStart] },
  },
  {
    name: "SeqGAN",
    note: "unless --full: 100 of 200 steps of G, with 4 of 16 rollouts and a baseline; D 300 steps before and none after, not 23,400 and 2,340 after each",
    theirs: { nllOracle: 8.74 },
    recipe: {
      generator: published,
      stages: [
        shortStart,
        { method: { name: "seqgan", ...oneTurn, l2: 0, rollouts: 4 }, iterations: 100 },
      ],
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
      stages: [shortStart, { method: { name: "maligan", ...oneTurn, l2: 0 }, iterations: 60 }],
    },
    quick: [undefined, shortLessons],
  },
  {
    name: "RankGAN",
    note: "unless --full: as SeqGAN's short schedule, the ranker in place of D",
    theirs: { nllOracle: 8.25 },
    recipe: {
      generator: published,
      stages: [
        shortStart,
        { method: { name: "rankgan", ...oneTurn, rollouts: 4 }, iterations: 60 },
      ],
    },
    full: {
      generator: published,
      stages: [
        publishedStart,
        {
          method: {
            ...{ name: "rankgan", baseline: false, generatorRate: 1e-2, discriminatorRate: 1e-4 },
            ...{ discriminatorSteps: { before: 23_400, each: 780 }, stepsPerFakes: 156 },
          },
          iterations: 200,
        },
      ],
    },
    quick: [undefined, { ...shortLessons, rollouts: 2 }],
  },
  {
    name: "ScratchGAN",
    note: "no beginning by maximum likelihood; unless --full: 500 of 200,000 steps, faster rates, D of 128 units, not 512",
    recipe: {
      generator: published,
      stages: [
        {
          method: { name: "scratchgan", generatorRate: 1e-2, discriminatorRate: 1e-2 },
          iterations: 25,
        },
      ],
    },
    full: {
      generator: published,
      stages: [
        {
          method: { name: "scratchgan", discriminator: { hidden: 512 }, generatorSteps: 100 },
          iterations: 2000,
        },
      ],
    },
    quick: [{ batch: 64, generatorSteps: 2 }],
  },
  {
    name: "RelGAN",
    note: "unless --full: memory 2 x 64 of 2 x 256, 60 of 300 filters; 50 of 3000 steps of G, at 5e-4 (D at 1e-3), not 1e-4",
    theirs: { nllOracle: 6.68 },
    recipe: {
      generator: narrowMemory,
      stages: [
        {
          method: { name: "likelihood", batch: 64, learningRate: 2e-3 },
          ...{ iterations: 20, patience: 2 },
        },
        {
          method: {
            ...{ name: "relgan", beta: { most: 2 }, generatorRate: 5e-4, discriminatorRate: 1e-3 },
            discriminator: { convolutions: fewerFilters },
          },
          iterations: 5,
        },
      ],
    },
    full: {
      generator: { name: "relational-memory" },
      stages: [
        { method: { name: "likelihood", batch: 64, learningRate: 1e-2 }, iterations: 150 },
        { method: { name: "relgan", beta: { most: 2 } }, iterations: 300 },
      ],
    },
    quick: [undefined, { discriminatorSteps: 1, generatorSteps: 1 }],
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
