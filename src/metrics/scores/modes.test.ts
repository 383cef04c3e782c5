import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { referenceBackend } from "../../runtime/index.ts";
import { Random } from "../../util/random.ts";
import type { MetricContext } from "../metric.ts";
import { classShares } from "./classes.ts";
import { modes } from "./modes.ts";
import { divergenceFromEqual, modesKl } from "./modes-kl.ts";

interface Case {
  readonly name: string;
  readonly width: number;
  readonly probabilities: readonly number[];
  readonly modes: { readonly modes: number; readonly kl: number };
}
const fixtures = JSON.parse(readFileSync("test/fixtures/metrics.json", "utf8")) as {
  readonly cases: readonly Case[];
};

/** Samples of which only the network's probabilities matter. */
function contextOf(probabilities: Float32Array, classes: number): MetricContext {
  const empty = new Float32Array(0);
  const samples = {
    ...{ count: probabilities.length / classes, classes, probabilities },
    ...{ features: empty, featureWidth: 0, pixels: empty, pixelWidth: 0 },
  };
  const nearest = async () => ({ indices: new Int32Array(0), distances: new Float64Array(0) });
  return {
    ...{ samples, test: samples, network: "none", backend: referenceBackend(), seed: 0 },
    ...{ nearest, testNearest: nearest },
  };
}

test.each(fixtures.cases)("meets numpy and scipy: $name", async (c) => {
  const context = contextOf(Float32Array.from(c.probabilities), c.width);
  expect((await modes.compute(context)).value).toBe(c.modes.modes);
  expect((await modesKl.compute(context)).value).toBeCloseTo(c.modes.kl, 12);
});

test("one class alone is one mode and log n; all alike are n and 0", () => {
  const one = contextOf(Float32Array.of(0.1, 0.9, 0, 0, 1, 0), 3);
  expect(classShares(one.samples)).toEqual([0, 1, 0]);
  expect(divergenceFromEqual([0, 1, 0])).toBeCloseTo(Math.log(3), 12);
  expect(divergenceFromEqual([0.25, 0.25, 0.25, 0.25])).toBe(0);
});

test("26,000 perfect samples of 1,000 classes leave the published noise floor", () => {
  const random = new Random(1, "modes");
  const found = Array.from({ length: 20 }, () => {
    const counts = new Array<number>(1000).fill(0);
    for (let i = 0; i < 26_000; i++) {
      const k = random.below(1000);
      counts[k] = (counts[k] as number) + 1;
    }
    return divergenceFromEqual(counts.map((n) => n / 26_000));
  });
  const mean = found.reduce((a, b) => a + b, 0) / found.length;
  expect(Math.abs(mean - 0.0197)).toBeLessThan(0.0009);
});
