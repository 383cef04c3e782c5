import { expect, test } from "vitest";
import { type SequenceGenerator, sequenceSamplerGraph } from "../../adversarial/index.ts";
import { elementCount } from "../../graph/value.ts";
import { lstmGenerator, transformerGenerator } from "../../models/index.ts";
import { cpuBackend } from "../../runtime/index.ts";
import { Random } from "../../util/random.ts";
import { RolloutSampler } from "./rollout-sampler.ts";
import { SequenceJudge } from "./sequence-judge.ts";
import { SequenceSampler } from "./sequence-sampler.ts";

const backend = cpuBackend({ threads: 1 });
const [length, batch, rollouts] = [7, 5, 40];
const shape = { vocabulary: 9, length, start: 0 };

/** One remembers vectors, one the keys and values of all places. */
const generators = [
  lstmGenerator({ embedding: 6, hidden: 8, deviation: 1, dropout: 0 }, shape),
  transformerGenerator(
    { width: 8, layers: 2, heads: 2, expansion: 2, tied: false, deviation: 0.5, dropout: 0 },
    shape,
  ),
];

function weightsOf(generator: SequenceGenerator): Map<string, Float32Array> {
  return new Map(
    sequenceSamplerGraph(generator).variables.map(({ name, shape: own, initializer }) => {
      const data = new Float32Array(elementCount(own));
      initializer(data, new Random(1, name), own);
      return [name, data];
    }),
  );
}

test.each(generators)(
  "ends keep their beginnings, and are drawn as generator %# draws",
  async (generator) => {
    const weights = weightsOf(generator);
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
  },
);

test("with a large vocabulary, a batch is drawn in parts", async () => {
  const wide = { vocabulary: 8000, length, start: 0 };
  const generator = lstmGenerator({ embedding: 4, hidden: 4, deviation: 1, dropout: 0 }, wide);
  const sampler = await RolloutSampler.create(generator, backend, { batch, rollouts });
  sampler.setWeights(weightsOf(generator));
  const { sequences, ends } = await sampler.draw(new Random(1, "rollouts"));
  // Untouched rows would be zeros, or alike.
  expect(new Set(sequences).size).toBeGreaterThan(0.9 * batch * length);
  const last = new Set<number>();
  for (let row = 0; row < (length - 1) * batch * rollouts; row++) {
    const [p, own] = [1 + Math.floor(row / (batch * rollouts)), (row % batch) * length];
    const end = ends.subarray(row * length, (row + 1) * length);
    expect([...end.subarray(0, p)]).toEqual([...sequences.subarray(own, own + p)]);
    last.add(end[length - 1] as number);
  }
  expect(last.size).toBeGreaterThan(500);
  await sampler.release();
});
