import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/picture-files.ts";
import { checkDataSpec, dataSources, openData } from "./index.ts";
import { hashSplit } from "./source.ts";
import { mnist } from "./sources/mnist.ts";

const cacheDir = join(temporaryFolder(), "cache");

test("opens the real MNIST, at its own size and in colour at another", async () => {
  const own = await openData(mnist(), { split: "test", cacheDir });
  expect([own.count, own.channels, own.size, own.classes.length]).toEqual([10_000, 1, 28, 10]);
  expect([0, 1, 2, 3].map((i) => own.labelOf(i))).toEqual([7, 2, 1, 0]);
  const image = new Float32Array(28 * 28);
  own.read([0], image);
  expect([image[0], Math.max(...image)]).toEqual([-1, 1]);
  const colour = await openData(mnist(), { split: "test", size: 8, channels: 3, cacheDir });
  const small = new Float32Array(3 * 64);
  colour.read([9999], small);
  expect(small.subarray(0, 64)).toEqual(small.subarray(128));
  expect(own.fingerprint).not.toBe(colour.fingerprint);
});

test("every source has a name of its own and a summary, and refuses unknown options", () => {
  expect(new Set(dataSources.map((s) => s.name)).size).toBe(dataSources.length);
  for (const { name, summary } of dataSources) {
    expect(summary.length).toBeGreaterThan(10);
    expect(() => checkDataSpec({ name, path: "x", nonsense: 1 })).toThrow(`data set "${name}"`);
  }
});

test("the hash split keeps groups together, splits never overlap, and neither is empty", () => {
  for (const n of [2, 3, 10, 500]) {
    const groups = Array.from({ length: n }, (_, i) => `g${i >> 1}`);
    if (n === 3) groups.push("other");
    const train = hashSplit(groups, 0.1, "train");
    const test = hashSplit(groups, 0.1, "test");
    expect([...train, ...test].sort((a, b) => a - b)).toEqual(groups.map((_, i) => i));
    const held = new Set(test.map((i) => groups[i]));
    expect(train.some((i) => held.has(groups[i]))).toBe(false);
    if (new Set(groups).size > 1) expect(Math.min(train.length, test.length)).toBeGreaterThan(0);
  }
  const many = Array.from({ length: 2000 }, (_, i) => `picture ${i}.png`);
  expect(hashSplit(many, 0.1, "test").length / 2000).toBeCloseTo(0.1, 1);
  expect(hashSplit(many, 0, "test")).toEqual([]);
  const grown = hashSplit([...many, "new.png"], 0.1, "test").filter((i) => i < 2000);
  expect(grown).toEqual(hashSplit(many, 0.1, "test"));
});
