import { expect, test } from "vitest";
import {
  type LanguageModel,
  type LanguageModels,
  type Text,
  type TextMetric,
  type TextMetricContext,
  textMetrics,
} from "./index.ts";

const texts = (shift: number) =>
  Array.from({ length: 6 }, (_, i) => Array.from({ length: 8 }, (_, j) => (i * j + shift) % 5));

/** How often each of 5 tokens occurs, with one more of each: tokens independent of each other, no end. */
function unigrams(learned: readonly Text[]): LanguageModel<Text> {
  const counts = [1, 1, 1, 1, 1];
  for (const token of learned.flat()) counts[token] = (counts[token] as number) + 1;
  const all = counts.reduce((a, b) => a + b);
  const nll = (token: number) => -Math.log((counts[token] as number) / all);
  return {
    width: 2,
    nll: async (judged) => {
      const tokens = judged.flat();
      return tokens.reduce((sum, token) => sum + nll(token), 0) / tokens.length;
    },
    features: async (judged) =>
      Float32Array.from(judged.flatMap((text) => [text[0] ?? 0, text.at(-1) ?? 0])),
  };
}

const languageModels: LanguageModels<Text> = {
  judge: async () => unigrams(texts(3)),
  learn: async (learned) => unigrams(learned),
};

const metricOf = (name: string) => textMetrics.find((m) => m.name === name) as TextMetric<Text>;

test("every metric scores, and finds repetitions worse than variety", async () => {
  const context: TextMetricContext<Text> = {
    samples: texts(0),
    references: texts(1),
    train: texts(2),
    languageModels,
  };
  for (const metric of textMetrics) {
    const { value, details } = await metric.compute(context);
    expect(value, metric.name).toBeGreaterThan(0);
    for (const detail of Object.values(details ?? {})) expect(detail).toBeTypeOf("number");
    expect(metric.floorFrom === "train", metric.name).toBe(metric.needs.includes("references"));
  }
  const same = { ...context, samples: context.samples.map(() => context.samples[5] ?? []) };
  for (const name of ["self-bleu", "distinct", "unique-sequences"]) {
    const metric = metricOf(name);
    const varied = await metric.compute(context);
    const repeated = await metric.compute(same);
    expect(varied.value > repeated.value, name).toBe(metric.higherIsBetter);
  }
});

test("LM asks the model of real texts about samples, reverse LM the samples' about real texts", async () => {
  const judge = unigrams([[0, 0, 0, 1]]);
  const context = {
    samples: [[0, 1], [2]],
    references: [[0], [4, 4, 4]],
    train: [],
    languageModels: { ...languageModels, judge: async () => judge },
  };
  // 0 four of nine times, 1 twice, all others once.
  const { value } = await metricOf("lm").compute(context);
  expect(value).toBeCloseTo(Math.log(9 / 4) / 3 + Math.log(9 / 2) / 3 + Math.log(9) / 3, 10);
  // 0, 1 and 2 twice of eight times, 4 once.
  const reverse = await metricOf("reverse-lm").compute(context);
  expect(reverse.value).toBeCloseTo((Math.log(4) + 3 * Math.log(8)) / 4, 10);
  // Features (first, last): (0,1), (2,2) and (0,0), (4,4): means 1, 1.5 and 2, 2; the covariances are
  // [2 1; 1 0.5] and [8 8; 8 8], each of rank one, so the last trace is 2 |u . v| of their factors.
  const frechet = await metricOf("frechet-lm").compute(context);
  const [u, v] = [
    [Math.SQRT2, Math.SQRT1_2],
    [Math.sqrt(8), Math.sqrt(8)],
  ] as const;
  const overlap = 2 * Math.abs(u[0] * v[0] + u[1] * v[1]);
  expect(frechet.value).toBeCloseTo(1 + 0.25 + 2.5 + 16 - overlap, 4);
});

test("what a language model cannot score is said", async () => {
  const context = { samples: [[1]], references: [[1]], train: [], languageModels };
  for (const name of ["lm", "reverse-lm"]) {
    const none = metricOf(name).compute({ ...context, samples: [] });
    await expect(none, name).rejects.toThrow(`${name} samples: expected at least 1 text`);
  }
  const few = metricOf("frechet-lm").compute(context);
  await expect(few).rejects.toThrow("needs at least 2");
  const { languageModels: _, ...bare } = context;
  await expect(metricOf("lm").compute(bare)).rejects.toThrow("lm: needs language models");
});
