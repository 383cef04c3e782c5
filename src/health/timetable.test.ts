import { expect, test } from "vitest";
import { checkupSteps } from "./timetable.ts";

function first(n: number, everyKimg: number, samplesPerStep: number): number[] {
  const steps = checkupSteps(everyKimg, samplesPerStep);
  return Array.from({ length: n }, () => steps.next().value as number);
}

test("checkups come often at first, then at regular intervals", () => {
  const steps = first(30, 8, 32);
  expect(steps.slice(0, 3)).toEqual([16, 31, 47]);
  const intervals = steps.slice(1).map((s, i) => s - (steps[i] as number));
  expect(new Set(intervals.slice(-10))).toEqual(new Set([250]));
  expect(Math.min(...intervals)).toBeGreaterThan(0);
});

test("with steps of many samples there is at most one a step", () => {
  expect(first(4, 1, 10_000)).toEqual([1, 2, 3, 4]);
});
