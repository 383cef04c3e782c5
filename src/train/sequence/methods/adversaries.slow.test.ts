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

interface Adversary {
  readonly method: MethodSpec;
  readonly iterations: number;
  /** What teaches its generator before. */
  readonly before: readonly Stage[];
  /** Options by which an iteration has few steps. */
  readonly short?: Readonly<Record<string, unknown>>;
}

const after = (
  iterations: number,
  method: MethodSpec,
  short?: Readonly<Record<string, unknown>>,
): Adversary => ({
  ...{ method, iterations, ...(short && { short }) },
  before: [pretraining],
});

const relaxed = {
  discriminator: { embedding: 16, representations: 8, convolutions, features: 16 },
  ...{ batch: 32, generatorRate: 0.001, discriminatorRate: 0.003, discriminatorSteps: 3 },
  beta: { most: 2, over: 200 },
};

const adversaries: readonly Adversary[] = [
  after(
    60,
    { name: "seqgan", ...rewarded, rollouts: 4 },
    { generatorSteps: 3, generatorTurn: 2, discriminatorSteps: { before: 3, each: 2 } },
  ),
  after(100, { name: "maligan", ...rewarded }),
  after(60, {
    name: "rankgan",
    ...{ ranker: rewarded.discriminator, references: 16, rollouts: 4, gamma: 4 },
    ...{ batch: 32, stepsPerFakes: 4, generatorRate: 0.01, discriminatorRate: 0.003 },
    discriminatorSteps: rewarded.discriminatorSteps,
  }),
  after(
    5,
    {
      name: "cot",
      ...{ batch: 32, generatorRate: 0.01, mediatorRate: 0.01, generatorSteps: 20 },
    },
    { generatorSteps: 6, mediatorSteps: 2 },
  ),
  {
    method: {
      name: "scratchgan",
      discriminator: { embedding: 8, hidden: 16 },
      ...{ batch: 64, generatorRate: 0.02, discriminatorRate: 0.03, generatorSteps: 10 },
    },
    ...{
      iterations: 10,
      before: [],
      short: { generatorSteps: 3, discriminatorSteps: { before: 3, each: 2 } },
    },
  },
  after(
    8,
    { name: "relgan", ...relaxed, generatorSteps: 20 },
    { generatorSteps: 2, discriminatorSteps: 2 },
  ),
  after(
    10,
    {
      name: "committee",
      ...{ members: 2, passes: 6, batch: 32, memberRate: 0.02, generatorSteps: 20 },
    },
    { passes: 1, generatorSteps: 6 },
  ),
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
  "$method.name makes a generator count better",
  async ({ method, iterations, before }) => {
    const scalars: ReadonlyMap<string, number>[] = [];
    const stage = before.length;
    const after = await teach(
      { ...data, onIteration: (done) => done.stage === stage && scalars.push(done.scalars) },
      [...before, { method, iterations }],
    );
    expect(scalars).toHaveLength(iterations);
    expect(scalars.every((all) => [...all.values()].every(Number.isFinite))).toBe(true);
    const taught = await right(after.weights);
    if (before.length > 0) {
      const half = await right((await teach(data, before)).weights);
      expect(half).toBeLessThan(0.9);
      expect(taught).toBeGreaterThan(half + 0.05);
    } else {
      // From scratch a tenth counts up.
      expect(taught).toBeGreaterThan(0.9);
    }
  },
  60_000,
);

test.each(adversaries)(
  "$method.name goes on from a snapshot as if it had never stopped",
  async ({ method }) => {
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

/** Every method, with few steps in an iteration. */
const short: readonly MethodSpec[] = [
  { name: "likelihood", batch: 100, average: 0.9 },
  ...adversaries.map(({ method, short: fewer }) => ({
    ...method,
    ...(fewer ?? { discriminatorSteps: { before: 3, each: 4 } }),
  })),
];

test.each(short)(
  "$name pauses at any step, and goes on from there as if it had never stopped",
  async (method) => {
    const inputs = { generator, train, seed: 1, backend };
    const whole = await openTeacher(method, inputs);
    const expected = [await whole.iterate(), await whole.iterate()];
    const weights = await whole.weights();
    let teacher = await openTeacher(method, inputs);
    const found: unknown[] = [];
    let pauses = 0;
    let last = -1;
    while (found.length < 2) {
      let asked = 0;
      // After every second step of the first iteration; later also amid the rewards of a step, but once only.
      const patience = found.length === 0 ? 1 : 3;
      const figures = await teacher.iterate((done) => {
        if (asked++ <= patience || done === last) return false;
        last = done;
        return true;
      });
      if (figures) {
        found.push(figures);
        last = -1;
        continue;
      }
      pauses++;
      const { arrays, state } = await teacher.save();
      await teacher.release();
      teacher = await openTeacher(method, inputs);
      await teacher.restore({ arrays, state: JSON.parse(JSON.stringify(state)) });
    }
    expect(pauses).toBeGreaterThan(1);
    expect(found).toEqual(expected);
    expect(await teacher.weights()).toEqual(weights);
    await whole.release();
    await teacher.release();
  },
  60_000,
);

test.each([
  { name: "likelihood", batch: 32 },
  { name: "seqgan", ...rewarded, rollouts: 2 },
  { name: "maligan", ...rewarded },
  { name: "relgan", ...relaxed, generatorSteps: 2 },
] as MethodSpec[])(
  "$name teaches a generator of noise, and goes on to the bit",
  async (method) => {
    const noise = { size: 3, into: ["state", "input"] as ("state" | "input")[] };
    const options = { embedding: 8, hidden: 16, deviation: 0.1, dropout: 0.1, noise };
    const inputs = { generator: lstmGenerator(options, shape), train, seed: 1, backend };
    const whole = await openTeacher(method, inputs);
    const before = await whole.weights();
    await whole.iterate();
    const { arrays, state } = await whole.save();
    const next = await whole.iterate();
    const resumed = await openTeacher(method, inputs);
    await resumed.restore({ arrays, state: JSON.parse(JSON.stringify(state)) });
    expect(await resumed.iterate()).toEqual(next);
    const weights = await resumed.weights();
    expect(weights).toEqual(await whole.weights());
    for (const name of ["generator/begin/cell/weight", "generator/lstm/inputWeight"]) {
      expect(weights.get(name)).not.toEqual(before.get(name));
    }
    await whole.release();
    await resumed.release();
  },
  60_000,
);

test("CoT refuses a generator of noise before anything is taught", async () => {
  const options = { embedding: 8, hidden: 16, deviation: 0.1, dropout: 0 };
  const noisy = lstmGenerator({ ...options, noise: { size: 3, into: ["state"] } }, shape);
  const stages = [pretraining, { method: { name: "cot" }, iterations: 1 }];
  const onIteration = () => expect.unreachable();
  await expect(teach({ ...data, generator: noisy, onIteration }, stages)).rejects.toThrow(
    'sequence method "cot" compares whole distributions',
  );
});
