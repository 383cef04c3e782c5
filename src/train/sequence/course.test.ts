import { expect, test } from "vitest";
import { lstmGenerator } from "../../models/index.ts";
import { cpuBackend } from "../../runtime/index.ts";
import { Random } from "../../util/random.ts";
import { type Stage, teach } from "./course.ts";
import { SequenceJudge } from "./sequence-judge.ts";
import { SequenceSampler } from "./sequence-sampler.ts";

const backend = cpuBackend({ threads: 1 });
const [length, end] = [6, 1];
const generator = lstmGenerator(
  { embedding: 8, hidden: 16, deviation: 0.1, dropout: 0.1 },
  { vocabulary: 12, length, start: 0, end },
);

/** Counting up from 2..5 by ones, for two to six tokens, then ends to the last place. */
function counting(n: number, seed: number): Int32Array {
  const random = new Random(seed, "counting");
  const all = new Int32Array(n * length).fill(end);
  for (let i = 0; i < n; i++) {
    const [first, count] = [2 + random.below(4), 2 + random.below(5)];
    for (let t = 0; t < count; t++) all[i * length + t] = first + t;
  }
  return all;
}

const stage: Stage = {
  method: { name: "likelihood", batch: 32, learningRate: 0.02, average: 0.9 },
  ...{ iterations: 30, patience: 30 },
};
const data = { generator, train: counting(800, 1), validation: counting(200, 2), seed: 1, backend };

test("a generator learns to count, ends its sequences, and the same seed gives the same weights", async () => {
  const passes: number[] = [];
  const learned = await teach({ ...data, onIteration: ({ nll }) => passes.push(nll) }, [stage]);
  expect(learned.nll).toBe(Math.min(...passes));
  // Four beginnings and five lengths, over 4.8 tokens with the end: nothing scores below 0.624.
  expect(learned.nll).toBeLessThan(0.66);
  const sampler = await SequenceSampler.create(generator, backend);
  sampler.setWeights(learned.weights);
  const samples = await sampler.draw(300, new Random(1, "samples"));
  let right = 0;
  for (let i = 0; i < 300; i++) {
    const tokens = [...samples.subarray(i * length, (i + 1) * length)];
    const stop = tokens.indexOf(end);
    if (stop >= 0) expect(new Set(tokens.slice(stop))).toEqual(new Set([end]));
    const said = stop < 0 ? tokens : tokens.slice(0, stop);
    if (said.every((token, t) => token === (said[0] as number) + t)) right++;
  }
  expect(right / 300).toBeGreaterThan(0.9);
  await sampler.release();
  const short = [{ ...stage, iterations: 2 }];
  const [a, b] = [await teach(data, short), await teach(data, short)];
  expect(a.weights).toEqual(b.weights);
});

test("a sequence's NLL counts its tokens up to the first end, whatever the batch", async () => {
  const scores = await Promise.all(
    [1, 4, 50].map(async (batch) => {
      const judge = await SequenceJudge.create(generator, backend, batch);
      const { weights } = await teach(data, [{ ...stage, iterations: 1 }]);
      judge.setWeights(weights);
      await expect(judge.nll(new Int32Array(length + 1))).rejects.toThrow("sequences of 6 tokens");
      return judge.nll(counting(7, 3));
    }),
  );
  for (const score of scores) expect(score).toBeCloseTo(scores[0] as number, 5);
});

test("a method's name and options are checked", async () => {
  const wrong = (method: Stage["method"]) => teach(data, [{ method, iterations: 1 }]);
  await expect(wrong({ name: "seqgam" })).rejects.toThrow('unknown sequence method "seqgam"');
  await expect(wrong({ name: "seqgan", rollouts: 0 })).rejects.toThrow(
    'sequence method "seqgan": method.rollouts is refused',
  );
});
