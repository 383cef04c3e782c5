import fc from "fast-check";
import { expect, test } from "vitest";
import { copiedSpans, noveltyScores } from "./index.ts";

const texts = (minTexts: number) =>
  fc.array(fc.array(fc.nat(2), { maxLength: 10 }), { minLength: minTexts, maxLength: 8 });

/** The longest span of `text` that is in a training text, by trying all of them. */
function byTrying(text: readonly number[], train: readonly (readonly number[])[]): number {
  const inside = (span: readonly number[]) =>
    train.some((t) => t.some((_, at) => span.every((token, i) => t[at + i] === token)));
  let best = 0;
  for (let from = 0; from < text.length; from++) {
    for (let to = from + best + 1; to <= text.length; to++) {
      if (!inside(text.slice(from, to))) break;
      best = to - from;
    }
  }
  return best;
}

test("finds what trying every span finds, in any order of the texts", () => {
  fc.assert(
    fc.property(texts(1), texts(1), (samples, train) => {
      const spans = copiedSpans(samples, train);
      expect(spans).toEqual(samples.map((text) => byTrying(text, train)));
      expect(copiedSpans(samples.toReversed(), train.toReversed())).toEqual(spans.toReversed());
    }),
    { numRuns: 1000 },
  );
});

test("a training text is copied whole, a span over the border of two is not", () => {
  const train = [
    [1, 2, 3],
    [4, 5],
  ];
  expect(noveltyScores(train, train)).toEqual({ meanSpan: 2.5, copiedShare: 1 });
  expect(noveltyScores([[2, 3, 4, 5], [9], []], train)).toEqual({
    meanSpan: 2 / 3,
    copiedShare: 0,
  });
  expect(noveltyScores([[2, 3], [9]], train)).toEqual({ meanSpan: 1, copiedShare: 0.5 });
});

test("what cannot be scored is said", () => {
  expect(() => copiedSpans([], [[1]])).toThrow("novelty samples: expected at least 1 text");
  expect(() => copiedSpans([[1]], [])).toThrow("novelty training set: expected at least 1 text");
});
