import fc from "fast-check";
import { expect, test } from "vitest";
import { distinctShares, uniqueShare } from "./index.ts";

const texts = fc.array(fc.array(fc.nat(3), { minLength: 4, maxLength: 9 }), {
  minLength: 1,
  maxLength: 8,
});

test("a known case", () => {
  const shares = distinctShares([[1, 2, 1, 2, 1], [3]]);
  expect(shares).toEqual([3 / 6, 2 / 4, 2 / 3, 2 / 2]);
  expect(uniqueShare([[1, 2], [1, 2], [12], []])).toBe(3 / 4);
});

test("equals sets of strings, in any order of the texts", () => {
  fc.assert(
    fc.property(texts, (x) => {
      const expected = [1, 2, 3, 4].map((n) => {
        const grams = x.flatMap((t) =>
          Array.from({ length: t.length - n + 1 }, (_, i) => t.slice(i, i + n).join(" ")),
        );
        return new Set(grams).size / grams.length;
      });
      expect(distinctShares(x)).toEqual(expected);
      expect(distinctShares(x.toReversed())).toEqual(expected);
      expect(uniqueShare(x)).toBe(uniqueShare(x.toReversed()));
      for (const share of [...expected, uniqueShare(x)]) {
        expect(share).toBeGreaterThan(0);
        expect(share).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test("what cannot be scored is said", () => {
  expect(() => distinctShares([])).toThrow("distinct samples: expected at least 1 text");
  expect(() => distinctShares([[1, 2]])).toThrow("4-grams need a text of 4 tokens");
  expect(() => uniqueShare([])).toThrow("unique-sequences samples: expected at least 1 text");
});
