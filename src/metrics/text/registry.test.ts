import { expect, test } from "vitest";
import { type Text, type TextMetricContext, textMetrics } from "./index.ts";

const texts = (shift: number) =>
  Array.from({ length: 6 }, (_, i) => Array.from({ length: 8 }, (_, j) => (i * j + shift) % 5));

test("every metric scores, and finds repetitions worse than variety", () => {
  const context: TextMetricContext<Text> = {
    samples: texts(0),
    references: texts(1),
    train: texts(2),
  };
  for (const metric of textMetrics) {
    const { value, details } = metric.compute(context);
    expect(value, metric.name).toBeGreaterThan(0);
    for (const detail of Object.values(details ?? {})) expect(detail).toBeTypeOf("number");
    expect(metric.floorFrom === "train", metric.name).toBe(metric.needs.includes("references"));
  }
  const same = { ...context, samples: context.samples.map(() => context.samples[5] ?? []) };
  for (const name of ["self-bleu", "distinct", "unique-sequences"]) {
    const metric = textMetrics.find((m) => m.name === name);
    const [varied, repeated] = [metric?.compute(context).value, metric?.compute(same).value];
    expect((varied ?? 0) > (repeated ?? 0), name).toBe(metric?.higherIsBetter);
  }
});
