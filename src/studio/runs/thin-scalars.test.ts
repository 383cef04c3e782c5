import fc from "fast-check";
import { expect, test } from "vitest";
import type { StoredEvent } from "../../train/run-folder/run-event.ts";
import { thinScalars } from "./thin-scalars.ts";

const scalars = (step: number, x: number): StoredEvent => ({
  ...{ type: "scalars", time: step, step, kimg: step, elapsedMs: step },
  values: { x: [1, x, x * x] },
});
const warning = (time: number): StoredEvent => ({ type: "warning", time, message: `${time}` });

test("thinned events keep sums, order, the last step and every other event", () => {
  const event = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.constant("warning" as const));
  fc.assert(
    fc.property(fc.array(event), fc.integer({ min: 1, max: 20 }), (kinds, most) => {
      const events = kinds.map((k, i) => (k === "warning" ? warning(i) : scalars(i, k)));
      const thin = thinScalars(events, most);
      const of = (all: readonly StoredEvent[]) =>
        all.flatMap((e) => (e.type === "scalars" ? [e] : []));
      expect(of(thin).length).toBeLessThanOrEqual(most);
      for (const i of [0, 1, 2] as const) {
        const sum = (all: readonly StoredEvent[]) =>
          of(all).reduce((s, e) => s + (e.values.x?.[i] as number), 0);
        expect(sum(thin)).toBe(sum(events));
      }
      expect(thin.filter((e) => e.type === "warning")).toEqual(
        events.filter((e) => e.type === "warning"),
      );
      expect(thin.map((e) => e.time)).toEqual([...thin.map((e) => e.time)].sort((a, b) => a - b));
      expect(of(thin).at(-1)?.step).toBe(of(events).at(-1)?.step);
    }),
  );
});

test("two names that come apart are each merged by themselves", () => {
  const events: StoredEvent[] = [
    { ...scalars(1, 2), values: { a: [1, 2, 4] } } as StoredEvent,
    { ...scalars(2, 2), values: { a: [1, 4, 16], b: [2, 3, 5] } } as StoredEvent,
  ];
  expect(thinScalars(events, 1)).toMatchObject([
    { step: 2, values: { a: [2, 6, 20], b: [2, 3, 5] } },
  ]);
});
