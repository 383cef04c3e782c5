import { expect, test } from "vitest";
import { discriminatorPhase, discriminatorScope } from "../../adversarial/index.ts";
import { cnnDiscriminator, cnnFeaturesSchema, lstmDiscriminator } from "../../models/index.ts";
import { Variables } from "../../nn/index.ts";
import { optimizerByName } from "../../optim/index.ts";
import { cpuBackend, type Tensor } from "../../runtime/index.ts";
import { Random } from "../../util/random.ts";
import { createEngine } from "../engine/create-engine.ts";
import { initialArrays } from "../loop/initial-arrays.ts";
import { NoiseSource } from "../loop/noise.ts";
import type { Arrays } from "../loop/weighted-session.ts";
import { SequenceCritic } from "./sequence-critic.ts";
import { timeMajor } from "./sequence-judge.ts";

const backend = cpuBackend({ threads: 1 });
const [length, vocabulary, end, batch, tested] = [6, 12, 1, 32, 500];
const schema = cnnFeaturesSchema;
const convolutions = [1, 2, 3, 10].map((width) => ({ width, filters: 24 }));
const options = schema.parse({ embedding: 16, convolutions });
const discriminator = cnnDiscriminator(options, { vocabulary, length });

/** [n,T]: three to six tokens, each one more than the token before or any, and then ends. */
function sequences(n: number, random: Random, counting: boolean): Int32Array {
  const all = new Int32Array(n * length).fill(end);
  for (let i = 0; i < n; i++) {
    const [first, count] = [2 + random.below(5), 3 + random.below(4)];
    for (let t = 0; t < count; t++) {
      all[i * length + t] = counting ? first + t : 2 + random.below(10);
    }
  }
  return all;
}

/** A batch of them as the phase reads it, [T,N]. */
function fed(random: Random, counting: boolean): Tensor {
  const data = timeMajor(sequences(batch, random, counting), length, batch);
  return { dtype: "i32", dims: [length, batch], data };
}

/** The share of sequences that are taken for real, without dropout. */
async function accepted(weights: Arrays, tokens: Int32Array): Promise<number> {
  const critic = await SequenceCritic.create(discriminator, backend, { length, batch: tested });
  critic.setWeights(weights);
  const real = await critic.probabilities(tokens);
  await critic.release();
  return real.filter((p) => p > 0.5).length / real.length;
}

test("after 100 steps a discriminator tells counting sequences from random ones", async () => {
  const variables = new Variables();
  const phase = discriminatorPhase(discriminator, variables, { length, batch, l2: 0.01 });
  const game = { variables, plan: [phase] };
  const rule = optimizerByName("adam");
  const optimizer = { rule, options: rule.schema.parse({}) };
  const engine = await createEngine(game, backend, new Map([[discriminatorScope, optimizer]]));
  await engine.write(initialArrays(game, 1, engine.arrayNames));
  const noise = new NoiseSource(game, 1);
  const random = new Random(1, "sequences");
  let scalars: ReadonlyMap<string, number> = new Map();
  for (let step = 0; step < 100; step++) {
    const feeds = new Map([
      ["real", fed(random, true)],
      ["fake", fed(random, false)],
    ]);
    noise.feed(phase, feeds);
    scalars = await engine.play(phase, feeds, 0.005);
  }
  const weights = await engine.read([...phase.gradients.keys()]);
  await engine.release();
  const held = new Random(2, "sequences");
  const real = await accepted(weights, sequences(tested, held, true));
  const fake = await accepted(weights, sequences(tested, held, false));
  expect(real).toBeGreaterThan(0.95);
  expect(fake).toBeLessThan(0.05);
  expect(scalars.get("realAccuracy")).toBeGreaterThan(0.8);
  expect(scalars.get("fakeAccuracy")).toBeGreaterThan(0.8);
});

test("SeqGAN's filters by default, without those that are wider than a sequence", () => {
  const filters = (tokens: number) => {
    const variables = new Variables();
    const shape = { vocabulary, length: tokens };
    const wanted = { length: tokens, batch: 1, l2: 0.2 };
    const phase = discriminatorPhase(cnnDiscriminator(schema.parse({}), shape), variables, wanted);
    expect([...phase.inputs.keys()]).toEqual(["real", "fake", "discriminator/dropout"]);
    return variables.all.get("discriminator/out/weight")?.shape[1];
  };
  expect([20, 19, 3].map(filters)).toEqual([1720, 1560, 500]);
  const wide = schema.parse({ convolutions: [{ width: 4, filters: 1 }] });
  expect(() => cnnDiscriminator(wide, { vocabulary, length: 3 })).toThrow("wider");
  const twice = { convolutions: [wide.convolutions[0], wide.convolutions[0]] };
  expect(() => schema.parse(twice)).toThrow("a width stands twice");
});

test("a judge of every beginning says the same of a beginning whatever follows and whatever the batch", async () => {
  const judge = lstmDiscriminator({ embedding: 4, hidden: 8, dropout: 0.5 }, { vocabulary });
  const variables = new Variables();
  const phase = discriminatorPhase(judge, variables, { length, batch: 1, l2: 0, decayed: "all" });
  const weights = initialArrays({ variables, plan: [phase] }, 1, []);
  const random = new Random(1, "beginnings");
  const [n, shared] = [7, 3];
  const whole = sequences(n, random, false);
  const other = sequences(n, random, false).map((token, i) =>
    i % length < shared ? (whole[i] as number) : token,
  );
  const judged = async (tokens: Int32Array, rows: number) => {
    const critic = await SequenceCritic.create(judge, backend, { length, batch: rows });
    critic.setWeights(weights);
    const logits = await critic.logits(tokens);
    await critic.release();
    return logits;
  };
  const [one, four, changed] = [
    await judged(whole, 1),
    await judged(whole, 4),
    await judged(other, 4),
  ];
  expect(one).toHaveLength(n * length);
  one.forEach((logit, i) => {
    expect(four[i]).toBeCloseTo(logit, 5);
    if (i % length < shared) expect(changed[i]).toBeCloseTo(logit, 5);
  });
  expect(Math.max(...changed.map((x, i) => Math.abs(x - (one[i] as number))))).toBeGreaterThan(
    0.01,
  );
});
