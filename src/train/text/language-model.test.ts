import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { likelihoodGraph, sequenceFeaturesGraph } from "../../adversarial/index.ts";
import { lstmGenerator } from "../../models/index.ts";
import { cpuBackend, referenceBackend } from "../../runtime/index.ts";
import { Random } from "../../util/random.ts";
import { type Arrays, WeightedSession } from "../loop/weighted-session.ts";
import { learnLanguage, SequenceLanguageModel } from "./language-model.ts";

const cacheDir = mkdtempSync(join(tmpdir(), "gansmith-language-"));
afterAll(() => rmSync(cacheDir, { recursive: true, force: true }));

const backend = cpuBackend({ threads: 1 });
const [start, end, unknown] = [0, 1, 2];
const shape = { vocabulary: 8, length: 5, start, end, never: [start, unknown] };
const options = { seed: 1, backend, kept: true, cacheDir };

/** Two to five tokens of 3..7, each equally likely and independent of the others. */
function independent(n: number, seed: number): number[][] {
  const random = new Random(seed, "independent");
  return Array.from({ length: n }, () =>
    Array.from({ length: 2 + random.below(4) }, () => 3 + random.below(5)),
  );
}

test("of independent tokens it learns no more and no less than their entropy", async () => {
  const passes: number[] = [];
  const model = await learnLanguage(independent(1000, 1), shape, {
    ...options,
    onProgress: (pass) => passes.push(pass),
  });
  const judged = independent(1000, 2);
  // Each text: ln 5 a token, and its length, ln 4, in all; a full text has no end.
  const tokens = judged.reduce((sum, t) => sum + Math.min(5, t.length + 1), 0);
  const words = judged.flat().length;
  const entropy = (words * Math.log(5) + judged.length * Math.log(4)) / tokens;
  const nll = await model.nll(judged);
  expect(nll).toBeGreaterThan(entropy - 0.01);
  expect(nll).toBeLessThan(entropy + 0.05);
  expect(passes[0]).toBe(0);
  expect(passes.length).toBeGreaterThan(2);
  await model.release();

  // The same texts again are read, not learned; other texts are learned.
  passes.length = 0;
  const onProgress = (pass: number) => passes.push(pass);
  const again = await learnLanguage(independent(1000, 1), shape, { ...options, onProgress });
  expect(passes).toEqual([]);
  expect(await again.nll(judged)).toBe(nll);
  await again.release();
  const files = readdirSync(join(cacheDir, "language-models"));
  expect(files).toHaveLength(1);
  // A damaged file is learned anew, to the same bits.
  writeFileSync(join(cacheDir, "language-models", files[0] as string), "torn");
  const anew = await learnLanguage(independent(1000, 1), shape, { ...options, onProgress });
  expect(passes.length).toBeGreaterThan(2);
  expect(await anew.nll(judged)).toBe(nll);
  await anew.release();
});

test("scores and features are those of the f64 reference, unknown words read but not counted", async () => {
  const generator = lstmGenerator(
    { embedding: 64, hidden: 96, deviation: 0.1, dropout: 0.5 },
    shape,
  );
  const plain = likelihoodGraph(generator, 1);
  const random = new Random(3, "weights");
  const weights: Arrays = new Map(
    plain.variables.map(({ name, shape: dims }) => {
      const data = new Float32Array(dims.reduce<number>((a, b) => a * Number(b), 1));
      random.fillNormal(data);
      return [name, data.map((x) => 0.3 * x)];
    }),
  );
  const model = await SequenceLanguageModel.open(generator, shape, weights, backend);
  const judged = [[3, unknown, 5], [7, 7, 4, 3, 6], []];
  const judge = await WeightedSession.compile(plain, referenceBackend());
  judge.setWeights(weights);
  const likely = async (tokens: readonly number[]) =>
    judge.run(
      [
        ["tokens", { dtype: "i32", dims: [5, 1], data: Int32Array.from(tokens) }],
        ["temperature", { dtype: "f32", dims: [], data: Float32Array.of(1) }],
      ],
      "logProbabilities",
    );
  // Whole distributions, token by token, from the graph that knows nothing of words left out.
  let sum = 0;
  let count = 0;
  for (const text of judged) {
    const full = [...text, end, end, end, end, end].slice(0, 5);
    for (let t = 0; t < Math.min(5, text.length + 1); t++) {
      if (full[t] === unknown) continue;
      const at = async (token: number) => Number((await likely(full.with(t, token)))[t]);
      const possible = 1 - Math.exp(await at(start)) - Math.exp(await at(unknown));
      sum -= (await at(full[t] as number)) - Math.log(possible);
      count++;
    }
  }
  expect(await model.nll(judged)).toBeCloseTo(sum / count, 5);

  const features = await model.features(judged);
  expect(features).toHaveLength(3 * model.width);
  const hidden = await WeightedSession.compile(
    sequenceFeaturesGraph(generator, 1),
    referenceBackend(),
  );
  hidden.setWeights(weights);
  for (const [i, text] of judged.entries()) {
    const full = [...text, end, end, end, end, end].slice(0, 5);
    const counted = Math.min(5, text.length + 1);
    const mean = new Float64Array(model.width);
    // One hidden vector at a time.
    for (let t = 0; t < counted; t++) {
      const one = await hidden.run(
        [
          ["tokens", { dtype: "i32", dims: [5, 1], data: Int32Array.from(full) }],
          [
            "shares",
            { dtype: "f32", dims: [5, 1], data: Float32Array.of(0, 0, 0, 0, 0).fill(1, t, t + 1) },
          ],
        ],
        "features",
      );
      for (let k = 0; k < mean.length; k++)
        mean[k] = (mean[k] as number) + Number(one[k]) / counted;
    }
    for (let k = 0; k < mean.length; k++) {
      expect(features[i * mean.length + k]).toBeCloseTo(mean[k] as number, 5);
    }
  }
  await model.release();
});

test("one text teaches no language", async () => {
  await expect(learnLanguage([[3]], shape, options)).rejects.toThrow("at least 2 texts");
});
