import {
  discriminatorPhase,
  discriminatorScope,
  generatorScope,
  policyGradientPhase,
} from "../dist/adversarial/index.js";
import {
  cnnDiscriminator,
  cnnFeaturesSchema,
  lstmGenerator,
  lstmGeneratorSchema,
} from "../dist/models/index.js";
import { Variables } from "../dist/nn/index.js";
import { RolloutRewards } from "../dist/train/sequence/methods/rollout-rewards.js";
import { probabilityScorer } from "../dist/train/sequence/methods/seqgan.js";
import { adam, optimizerOf, Players } from "../dist/train/sequence/players.js";
import { SequenceSampler } from "../dist/train/sequence/sequence-sampler.js";
import { Random } from "../dist/util/random.js";
import { integers, normal, uniform } from "./hashing.mjs";

const [length, vocabulary, batch] = [20, 5000, 64];
const shape = { vocabulary, length, start: 0 };
const learningRate = 1e-3;

/** The order in which parameters are numbered; then D's, as they are made. */
const lstmNames = ["inputWeight", "inputBias", "hiddenWeight", "hiddenBias"];
const generatorNames = [
  "generator/embedding/weight",
  ...lstmNames.map((name) => `generator/lstm/${name}`),
  "generator/out/weight",
  "generator/out/bias",
];

/**
 * The generator's arrays as peers/sampling.py has them.
 * @param {Variables} variables @param {number} deviation
 */
function generatorArrays(variables, deviation) {
  return new Map(
    generatorNames.map((name, i) => [name, normal(i, variables.all.get(name).shape, 0, deviation)]),
  );
}

/**
 * Sequences drawn from SeqGAN's generator. What is drawn is of each side's own making: for losses the mean
 * token as a share of the vocabulary.
 * @param {import("../dist/runtime/index.js").Backend} backend @param {number} width @param {number} sequences
 * @returns {Promise<import("./cases.mjs").Case>}
 */
export async function buildSampling(backend, width, sequences) {
  const options = lstmGeneratorSchema.parse({ embedding: width, hidden: width });
  const generator = lstmGenerator(options, shape);
  const sampler = await SequenceSampler.create(generator, backend);
  const variables = new Variables();
  policyGradientPhase(generator, variables, { batch, clip: 5 });
  sampler.setWeights(generatorArrays(variables, Math.sqrt(32 / width)));
  const random = new Random(1, "sequences");
  return {
    sessions: ["sampler"],
    step: async () => {
      const tokens = await sampler.draw(sequences, random);
      return [tokens.reduce((sum, t) => sum + t, 0) / tokens.length / vocabulary];
    },
    release: () => sampler.release(),
  };
}

/**
 * One step of SeqGAN's generator at the published sizes: 64 sequences, 16 ends from each of their beginnings,
 * D's opinion of all, the policy gradient. For losses the mean reward: each side draws its own numbers.
 * @param {import("../dist/runtime/index.js").Backend} backend
 * @returns {Promise<import("./cases.mjs").Case>}
 */
export async function buildSeqganGeneratorStep(backend) {
  const generator = lstmGenerator(lstmGeneratorSchema.parse({}), shape);
  const discriminator = cnnDiscriminator(cnnFeaturesSchema.parse({}), shape);
  const variables = new Variables();
  const policy = policyGradientPhase(generator, variables, { batch, clip: 5 });
  const d = discriminatorPhase(discriminator, variables, { length, batch, l2: 0.2 });
  const optimizer = optimizerOf(adam);
  const weights = generatorArrays(variables, 0.1);
  for (const { name, shape: dims } of variables.under(discriminatorScope)) {
    weights.set(name, initial(weights.size, name, dims));
  }
  const train = integers(3000, length * batch, vocabulary);
  const players = await Players.create({
    ...{ game: { variables, plan: [policy, d] }, backend, seed: 1, train, length, batch, weights },
    optimizers: new Map([
      [generatorScope, optimizer],
      [discriminatorScope, optimizer],
    ]),
  });
  const inputs = { generator, train, seed: 1, backend };
  const rewarder = await RolloutRewards.create(
    inputs,
    { batch, rollouts: 16, baseline: true },
    (drawn) => probabilityScorer(inputs, discriminator, drawn),
  );
  return {
    sessions: ["policy", "d", "rollouts", "critic"],
    step: async () => {
      const { tokens, rewards, reward } = await rewarder.reward(players, () => false);
      const dims = [length, batch];
      const feeds = new Map([
        ["tokens", { dtype: "i32", dims, data: tokens }],
        ["rewards", { dtype: "f32", dims, data: rewards }],
      ]);
      await players.play(policy, feeds, learningRate);
      return [reward];
    },
    release: async () => {
      await rewarder.release();
      await players.release();
    },
  };
}

/** @param {number} index @param {string} name @param {readonly number[]} dims */
function initial(index, name, dims) {
  if (name === "discriminator/embedding/weight") return uniform(index, dims, 1);
  if (name.includes("/highway/")) {
    return normal(index, dims, 0, dims.length > 1 ? 1 / Math.sqrt(dims[0]) : 0);
  }
  if (name.endsWith("/bias")) return normal(index, dims, 0.1, 0);
  return normal(index, dims, 0, 0.1);
}
