import { expect, test } from "vitest";
import { lstmGenerator } from "../../models/index.ts";
import { cpuBackend } from "../../runtime/index.ts";
import { Random } from "../../util/random.ts";
import { RolloutSampler } from "./rollout-sampler.ts";
import { SequenceJudge } from "./sequence-judge.ts";
import { SequenceSampler } from "./sequence-sampler.ts";

const backend = cpuBackend({ threads: 1 });
const [length, batch, rollouts] = [7, 5, 40];
const generator = lstmGenerator(
  { embedding: 6, hidden: 8, deviation: 1, dropout: 0 },
  { vocabulary: 9, length, start: 0 },
);
const shapes = {
  "generator/embedding/weight": 9 * 6,
  "generator/lstm/inputWeight": 32 * 6,
  "generator/lstm/hiddenWeight": 32 * 8,
  "generator/lstm/inputBias": 32,
  "generator/lstm/hiddenBias": 32,
  "generator/out/weight": 9 * 8,
  "generator/out/bias": 9,
};
const weights = new Map(
  Object.entries(shapes).map(([name, count]) => {
    const data = new Float32Array(count);
    new Random(1, name).fillNormal(data);
    return [name, data];
  }),
);

test("ends keep their beginnings, and are drawn as the generator draws", async () => {
  const sampler = await RolloutSampler.create(generator, backend, { batch, rollouts });
  sampler.setWeights(weights);
  const judge = await SequenceJudge.create(generator, backend);
  judge.setWeights(weights);
  const plain = await SequenceSampler.create(generator, backend);
  plain.setWeights(weights);
  const random = new Random(1, "rollouts");
  const scores: number[] = [];
  for (let round = 0; round < 40; round++) {
    const { sequences, ends } = await sampler.draw(random);
    for (let p = 1; p < length; p++) {
      for (let k = 0; k < batch * rollouts; k++) {
        const row = ((p - 1) * batch * rollouts + k) * length;
        const own = (k % batch) * length;
        expect([...ends.subarray(row, row + p)]).toEqual([...sequences.subarray(own, own + p)]);
      }
    }
    // Ends of one token are nearly whole sequences.
    scores.push(await judge.nll(ends.subarray(0, batch * rollouts * length)));
  }
  const expected = await judge.nll(await plain.draw(8000, new Random(2, "plain")));
  const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
  expect(Math.abs(mean / expected - 1)).toBeLessThan(0.05);
  for (const part of [sampler, judge, plain]) await part.release();
});
