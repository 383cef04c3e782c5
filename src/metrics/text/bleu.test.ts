import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bleuOrders, bleuScores, selfBleuScores } from "./index.ts";

const fixtures = JSON.parse(readFileSync("test/fixtures/text-metrics.json", "utf8")) as {
  cases: {
    name: string;
    samples: number[][];
    references: number[][];
    bleu: Record<string, number>;
    selfBleu: Record<string, number>;
  }[];
};
const texts = (minLength: number, minTexts = 1) =>
  fc.array(fc.array(fc.nat(4), { minLength, maxLength: 12 }), {
    minLength: minTexts,
    maxLength: 8,
  });
const reversed = <T>(items: readonly T[]) => items.toReversed();

describe.each(fixtures.cases)("meets NLTK: $name", ({ samples, references, ...theirs }) => {
  test.each(bleuOrders)("BLEU-%d and Self-BLEU-%d", (n) => {
    expect(
      Math.abs((bleuScores(samples, references)[n] ?? 0) - (theirs.bleu[n] ?? 1)),
    ).toBeLessThan(1e-12);
    expect(Math.abs((selfBleuScores(samples)[n] ?? 0) - (theirs.selfBleu[n] ?? 1))).toBeLessThan(
      1e-12,
    );
  });
});

test("a set with itself as references scores 1", () => {
  fc.assert(
    fc.property(texts(5), (x) => {
      for (const score of Object.values(bleuScores(x, x))) expect(score).toBeCloseTo(1, 12);
    }),
  );
});

test("Self-BLEU is what BLEU gives each sample against the others", () => {
  fc.assert(
    fc.property(texts(5, 2), (x) => {
      const found = selfBleuScores(x);
      const single = x.map((text, i) => bleuScores([text], x.toSpliced(i, 1)));
      for (const n of bleuOrders) {
        const mean = single.reduce((sum, s) => sum + (s[n] ?? Number.NaN), 0) / x.length;
        expect(found[n]).toBeCloseTo(mean, 12);
      }
    }),
  );
});

test("scores stay in 0..1 and do not depend on the order of texts", () => {
  fc.assert(
    fc.property(texts(0, 2), texts(5), (x, y) => {
      const [found, turned] = [bleuScores(x, y), bleuScores(reversed(x), reversed(y))];
      const longEnough = [...x, [1, 2, 3, 4, 5]];
      const [self, turnedSelf] = [selfBleuScores(longEnough), selfBleuScores(reversed(longEnough))];
      for (const n of bleuOrders) {
        for (const [a, b] of [
          [found[n], turned[n]],
          [self[n], turnedSelf[n]],
        ]) {
          expect(a).toBeGreaterThanOrEqual(0);
          expect(a).toBeLessThanOrEqual(1 + 1e-12);
          expect(a).toBeCloseTo(b ?? Number.NaN, 12);
        }
      }
    }),
  );
});

test("what cannot be scored is said", () => {
  expect(() => bleuScores([], [[1]])).toThrow("bleu samples: expected at least 1 text");
  expect(() => bleuScores([[1]], [])).toThrow("bleu references: expected at least 1 text");
  expect(() => bleuScores([[1]], [[1, 2, 3]])).toThrow("5-grams need a text of 5 tokens or more");
  expect(() => bleuScores([[1]], [[1, 2, 3]], [0])).toThrow("whole number >= 1, received 0");
  expect(() => selfBleuScores([[1, 2]])).toThrow("at least 2 texts, received 1");
  expect(() => selfBleuScores([[1], [2]])).toThrow("the longest has 1");
});
