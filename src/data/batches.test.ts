import fc from "fast-check";
import { expect, test } from "vitest";
import { GansmithError } from "../util/errors.ts";
import { BatchOrder } from "./batches.ts";

const sizes = { count: fc.integer({ min: 1, max: 60 }), batch: fc.integer({ min: 1, max: 60 }) };

test("an epoch gives whole batches of distinct images, all of them when the batch divides", () => {
  fc.assert(
    fc.property(sizes.count, sizes.batch, fc.nat(1000), (count, batch, seed) => {
      fc.pre(batch <= count);
      const order = new BatchOrder(count, batch, seed);
      for (let epoch = 0; epoch < 3; epoch++) {
        const seen = new Set<number>();
        for (let b = 0; b < order.batchesPerEpoch; b++) {
          const indices = order.next();
          expect(order.state.epoch).toBe(epoch);
          expect(indices.length).toBe(batch);
          for (const i of indices) {
            expect(i).toBeLessThan(count);
            seen.add(i);
          }
        }
        expect(seen.size).toBe(order.batchesPerEpoch * batch);
        if (count % batch === 0) expect(seen.size).toBe(count);
      }
    }),
  );
});

test("with fewer images than a batch, every image appears equally often, give or take one", () => {
  fc.assert(
    fc.property(sizes.count, sizes.batch, fc.nat(1000), (count, batch, seed) => {
      fc.pre(batch > count);
      const order = new BatchOrder(count, batch, seed);
      const times = new Map<number, number>();
      for (let b = 0; b < 5; b++) {
        for (const i of order.next()) times.set(i, (times.get(i) ?? 0) + 1);
      }
      const all = [...times.values()];
      expect(all.length).toBe(count);
      expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1);
    }),
  );
});

test("an order entered from a saved state goes on as one never left", () => {
  fc.assert(
    fc.property(sizes.count, sizes.batch, fc.nat(1000), fc.nat(12), (count, batch, seed, at) => {
      const whole = new BatchOrder(count, batch, seed);
      for (let b = 0; b < at; b++) whole.next();
      const state = JSON.parse(JSON.stringify(whole.state));
      const resumed = new BatchOrder(count, batch, seed, state);
      for (let b = 0; b < 7; b++) expect(resumed.next()).toEqual(whole.next());
      expect(resumed.state).toEqual(whole.state);
    }),
  );
});

test("the seed decides the order, and epochs differ", () => {
  const take = (seed: number): string => {
    const order = new BatchOrder(50, 50, seed);
    return JSON.stringify([[...order.next()], [...order.next()]]);
  };
  expect(take(1)).toBe(take(1));
  expect(take(1)).not.toBe(take(2));
  const [first, second] = JSON.parse(take(1));
  expect(first).not.toEqual(second);
});

test("refuses counts, batches and states that cannot be", () => {
  expect(() => new BatchOrder(0, 1, 0)).toThrow(GansmithError);
  expect(() => new BatchOrder(5, 1.5, 0)).toThrow("batch must be a whole number >= 1");
  expect(() => new BatchOrder(5, 1, -1)).toThrow("seed");
  expect(() => new BatchOrder(5, 1, 0, { epoch: -1, position: 0 })).toThrow("order epoch");
  expect(() => new BatchOrder(5, 1, 0, { epoch: 0, position: 6 })).toThrow("order position");
});
