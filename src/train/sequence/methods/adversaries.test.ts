import { expect, test } from "vitest";
import { lstmGenerator } from "../../../models/index.ts";
import { cpuBackend } from "../../../runtime/index.ts";
import { Random } from "../../../util/random.ts";
import { type Stage, teach } from "../course.ts";
import { SequenceSampler } from "../sequence-sampler.ts";
import { type MethodSpec, openTeacher } from "./registry.ts";

const backend = cpuBackend({ threads: 1 });
const length = 6;
const shape = { vocabulary: 10, length, start: 0 };
const generator = lstmGenerator({ embedding: 8, hidden: 16, deviation: 0.1, dropout: 0 }, shape);

/** Counting up from any token, modulo the vocabulary. */
function counting(n: number, seed: number): Int32Array {
  const random = new Random(seed, "counting");
  const firsts = Array.from({ length: n }, () => random.below(10));
  return Int32Array.from({ length: n * length }, (_, i) => {
    return ((firsts[Math.floor(i / length)] as number) + (i % length)) % 10;
  });
}

const pretraining: Stage = {
  method: { name: "likelihood", batch: 32, learningRate: 0.02 },
  iterations: 2,
};
const convolutions = [1, 2, 3].map((width) => ({ width, filters: 16 }));
const rewarded = {
  discriminator: { embedding: 8, convolutions, dropout: 0 },
  ...{ batch: 32, l2: 0, stepsPerFakes: 4, generatorRate: 0.01, discriminatorRate: 0.003 },
  discriminatorSteps: { before: 60, each: 4 },
};

/** Every adversary, and how often it goes on. */
const adversaries: readonly (readonly [MethodSpec, number])[] = [
  [{ name: "seqgan", ...rewarded, rollouts: 4 }, 60],
  [{ name: "maligan", ...rewarded }, 100],
  [{ name: "cot", batch: 32, generatorRate: 0.01, mediatorRate: 0.01, generatorSteps: 20 }, 5],
  [
    { name: "committee", members: 2, passes: 6, batch: 32, memberRate: 0.02, generatorSteps: 20 },
    10,
  ],
];

const train = counting(640, 1);
const data = { generator, train, validation: counting(64, 2), seed: 1, backend };

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

test.each(adversaries)(
  "$name makes a half-taught generator count better",
  async (method, iterations) => {
    const { weights } = await teach(data, [pretraining]);
    const scalars: ReadonlyMap<string, number>[] = [];
    const after = await teach(
      { ...data, onIteration: (done) => done.stage === 1 && scalars.push(done.scalars) },
      [pretraining, { method, iterations }],
    );
    expect(scalars).toHaveLength(iterations);
    expect(scalars.every((all) => [...all.values()].every(Number.isFinite))).toBe(true);
    const [half, taught] = [await right(weights), await right(after.weights)];
    expect(half).toBeLessThan(0.9);
    expect(taught).toBeGreaterThan(half + 0.05);
  },
  60_000,
);

test.each(adversaries)(
  "$name goes on from a snapshot as if it had never stopped",
  async (method) => {
    const inputs = { generator, train, seed: 1, backend };
    const whole = await openTeacher(method, inputs);
    await whole.iterate();
    const snapshot = await whole.save();
    const next = await whole.iterate();
    const resumed = await openTeacher(method, inputs);
    // Besides arrays, a snapshot is JSON.
    const state = JSON.parse(JSON.stringify(snapshot.state));
    await resumed.restore({ arrays: snapshot.arrays, state });
    expect(await resumed.iterate()).toEqual(next);
    expect(await resumed.weights()).toEqual(await whole.weights());
    await whole.release();
    await resumed.release();
  },
  60_000,
);
