import { expect, test } from "vitest";
import { cnnDiscriminator, cnnDiscriminatorSchema, lstmGenerator } from "../../models/index.ts";
import { cpuBackend } from "../../runtime/index.ts";
import { Random } from "../../util/random.ts";
import { type SeqganConfig, trainSeqgan } from "./seqgan-training.ts";
import { SequenceSampler } from "./sequence-sampler.ts";

const backend = cpuBackend({ threads: 1 });
const length = 6;
const shape = { vocabulary: 10, length, start: 0 };
const generator = lstmGenerator({ embedding: 8, hidden: 16, deviation: 0.1, dropout: 0 }, shape);
const convolutions = [1, 2, 3].map((width) => ({ width, filters: 16 }));
const options = cnnDiscriminatorSchema.parse({ embedding: 8, convolutions, dropout: 0 });
const discriminator = cnnDiscriminator(options, shape);

/** Counting up from any token, modulo the vocabulary. */
function counting(n: number, seed: number): Int32Array {
  const random = new Random(seed, "counting");
  const firsts = Array.from({ length: n }, () => random.below(10));
  return Int32Array.from({ length: n * length }, (_, i) => {
    return ((firsts[Math.floor(i / length)] as number) + (i % length)) % 10;
  });
}

const adam = { name: "adam", beta1: 0.9, beta2: 0.999 };
const config: SeqganConfig = {
  pretraining: {
    ...{ batch: 32, epochs: 2, optimizer: adam, learningRate: 0.02, clip: 5, average: 0 },
  },
  ...{ batch: 32, rollouts: 4, iterations: 60, clip: 5, l2: 0, stepsPerFakes: 4 },
  ...{ baseline: true, generatorRate: 0.01, discriminatorRate: 0.003 },
  discriminatorSteps: { before: 60, each: 4 },
};
const train = counting(640, 1);
const data = { generator, discriminator, train, validation: counting(64, 2), seed: 1, backend };

/** Share of the steps from token to token that count up. */
async function right(weights: ReadonlyMap<string, Float32Array>): Promise<number> {
  const sampler = await SequenceSampler.create(generator, backend);
  sampler.setWeights(weights);
  const samples = await sampler.draw(500, new Random(3, "samples"));
  await sampler.release();
  let good = 0;
  samples.forEach((token, i) => {
    if (i % length > 0 && token === ((samples[i - 1] as number) + 1) % 10) good++;
  });
  return good / (500 * (length - 1));
}

test("what D says makes a half-taught generator count better, the same way with the same seed", async () => {
  const before = await trainSeqgan(data, { ...config, iterations: 0 });
  const rewards: number[] = [];
  const after = await trainSeqgan(
    { ...data, onIteration: ({ reward }) => rewards.push(reward) },
    config,
  );
  expect(rewards).toHaveLength(60);
  expect(rewards.every((r) => r >= 0 && r <= 1)).toBe(true);
  const [half, taught] = [await right(before.weights), await right(after.weights)];
  expect(half).toBeLessThan(0.9);
  expect(taught).toBeGreaterThan(half + 0.05);
  const short = { ...config, iterations: 2 };
  const [a, b] = [await trainSeqgan(data, short), await trainSeqgan(data, short)];
  expect(a.weights).toEqual(b.weights);
}, 60_000);
