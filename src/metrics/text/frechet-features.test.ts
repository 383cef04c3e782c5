import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { frechetOfFeatures } from "./index.ts";

const fixtures = JSON.parse(readFileSync("test/fixtures/metrics.json", "utf8")) as {
  cases: { name: string; width: number; x: number[]; y: number[]; fid: number }[];
};

test.each(fixtures.cases)("meets scipy: $name", ({ x, y, width, fid }) => {
  const found = frechetOfFeatures(Float64Array.from(x), Float64Array.from(y), width);
  expect(found / fid).toBeCloseTo(1, 5);
});

test("a set is at distance 0 from itself in any order, and at d^2 from itself moved by d", () => {
  const row = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 12 }), (rows) => {
      const x = Float64Array.from(rows.flat());
      const turned = Float64Array.from(rows.toReversed().flat());
      expect(frechetOfFeatures(x, turned, 3)).toBeCloseTo(0, 4);
      const moved = x.map((value, i) => value + (i % 3 === 0 ? 2 : 0));
      expect(frechetOfFeatures(x, moved, 3)).toBeCloseTo(4, 4);
    }),
  );
});

test("what cannot be scored is said", () => {
  const rows = new Float64Array(6);
  expect(() => frechetOfFeatures(rows.subarray(0, 3), rows, 3)).toThrow("needs at least 2");
  expect(() => frechetOfFeatures(rows, rows, 4)).toThrow("rows have 4 elements");
  expect(() => frechetOfFeatures(rows, rows, 0)).toThrow("whole number >= 1, received 0");
});
