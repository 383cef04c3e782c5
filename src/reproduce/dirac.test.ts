import { expect, test } from "vitest";
import { dirac } from "./dirac.ts";

test("every published figure is met", async () => {
  const { rows } = await dirac.run({ quick: false, full: false, seeds: 1, jobs: 1 });
  expect(rows.length).toBe(8);
  for (const { method, ours, theirs } of rows) {
    for (const [key, published] of Object.entries(theirs)) {
      const [got, wanted] = [ours[key] as number, published as number];
      const what = `${method}, ${key}: ${got} against ${wanted}`;
      if (wanted > 1e-3) expect(Math.abs(got / wanted - 1), what).toBeLessThan(0.05);
      else expect(Math.abs(Math.log10(got / wanted)), what).toBeLessThan(1);
    }
  }
});
