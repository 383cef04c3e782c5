import { expect, test } from "vitest";
import { eventsIn, tradeOffsOf } from "./sweep.ts";

const figure = (value: number, floor: number, details?: Record<string, number>) => ({
  ...{ value, floor, samples: 20 },
  ...(details && {
    ...details,
    floorDetails: Object.fromEntries(Object.keys(details).map((name) => [name, floor])),
  }),
});
const point = (temperature: number, bleu3: number, selfBleu3: number, lm?: number) => ({
  temperature,
  metrics: {
    bleu: figure(0.5, 0.6, { bleu3 }),
    "self-bleu": figure(0.5, 0.7, { selfBleu3 }),
    ...(lm !== undefined && { lm: figure(lm, 2), "reverse-lm": figure(lm + 1, 3) }),
  },
});
const judged = (step: number, sweep?: readonly object[]) =>
  JSON.stringify({ type: "metrics", time: 0, step, metrics: {}, ...(sweep && { sweep }) });

test("the last judgement over temperatures counts, also where a plain one follows", () => {
  const events = eventsIn(
    [
      judged(1, [point(1, 0.1, 0.1)]),
      judged(2, [point(0.8, 0.6, 0.5), point(1.2, 0.4, 0.3)]),
      judged(3),
    ].join("\n"),
  );
  expect(tradeOffsOf(events)).toEqual([
    {
      id: "bleu",
      marks: [
        { temperature: 0.8, x: 0.5, y: 0.6 },
        { temperature: 1.2, x: 0.3, y: 0.4 },
      ],
      real: { x: 0.7, y: 0.6 },
    },
  ]);
});

test("language models have a curve of their own, with what real texts get", () => {
  const [, lm] = tradeOffsOf(eventsIn(judged(1, [point(1, 0.5, 0.4, 4)])));
  expect(lm).toEqual({
    ...{ id: "lm", marks: [{ temperature: 1, x: 5, y: 4 }] },
    real: { x: 3, y: 2 },
  });
});

test("no sweep, no curve; a line that is cut off does not count", () => {
  expect(tradeOffsOf([])).toEqual([]);
  const whole = judged(1, [point(1, 0.5, 0.4)]);
  expect(tradeOffsOf(eventsIn(`${judged(1)}\n${whole.slice(0, -20)}`))).toEqual([]);
  expect(tradeOffsOf(eventsIn(judged(1, [{ temperature: 1, metrics: { bleu: 3 } }])))).toEqual([]);
});
