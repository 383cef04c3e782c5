import fc from "fast-check";
import { expect, test } from "vitest";
import { interpret } from "../graph/interpret.ts";
import { leaf } from "../graph/ops/leaf.ts";
import { cpuBackend } from "../runtime/index.ts";
import { Random } from "../util/random.ts";
import { sampleCategorical } from "./categorical.ts";

/** The first category whose running sum exceeds u of the whole. */
function direct(p: readonly number[], u: number): number {
  const whole = p.reduce((a, b) => a + b, 0);
  let sum = 0;
  return p.findIndex((x) => {
    sum += x;
    return sum >= u * whole && x > 0;
  });
}

function drawn(p: readonly (readonly number[])[], u: readonly number[]): number[] {
  const shape = [p.length, p[0]?.length ?? 0];
  const probabilities = leaf("p", shape, { kind: "data" });
  const uniform = leaf("u", [p.length], { kind: "data" });
  const feeds = new Map([
    [probabilities, { shape, data: Float64Array.from(p.flat()) }],
    [uniform, { shape: [p.length], data: Float64Array.from(u) }],
  ]);
  const [tokens] = interpret([sampleCategorical(probabilities, uniform)], feeds);
  return [...(tokens?.data ?? [])];
}

test("the category is the one into which u falls, whatever their number", () => {
  const weight = fc.integer({ min: 0, max: 1000 });
  const row = (n: number) =>
    fc.array(weight, { minLength: n, maxLength: n }).filter((w) => w.some((x) => x > 0));
  const rows = fc.integer({ min: 1, max: 70 }).chain((n) => fc.array(row(n), { minLength: 1 }));
  // Half a weight away from every border: sums of whole numbers are exact.
  fc.assert(
    fc.property(rows, fc.nat(), (p, seed) => {
      const u = p.map((w, i) => {
        const whole = w.reduce((a, b) => a + b, 0);
        return (((seed + 31 * i) % whole) + 0.5) / whole;
      });
      expect(drawn(p, u)).toEqual(p.map((w, i) => direct(w, u[i] as number)));
    }),
  );
});

test("several draws of a row are what single ones are", () => {
  const random = new Random(1, "draws");
  const [rows, categories, draws] = [4, 37, 9];
  const p = Float64Array.from({ length: rows * categories }, () => random.uniform());
  const u = Float64Array.from({ length: rows * draws }, () => random.uniform());
  const probabilities = leaf("p", [rows, categories], { kind: "data" });
  const uniform = leaf("u", [rows, draws], { kind: "data" });
  const feeds = new Map([
    [probabilities, { shape: [rows, categories], data: p }],
    [uniform, { shape: [rows, draws], data: u }],
  ]);
  const [tokens] = interpret([sampleCategorical(probabilities, uniform)], feeds);
  const singly = Array.from(u, (x, i) => {
    const row = Math.floor(i / draws) * categories;
    return drawn([[...p.subarray(row, row + categories)]], [x])[0];
  });
  expect([...(tokens?.data ?? [])]).toEqual(singly);
  expect(new Set(singly).size).toBeGreaterThan(15);
});

test("on the CPU its shares are the probabilities, for any number of rows", async () => {
  const p = leaf("p", ["N", 5000], { kind: "data" });
  const u = leaf("u", ["N"], { kind: "noise", distribution: "uniform" });
  const session = await cpuBackend({ threads: 1 }).compile({
    name: "draw",
    inputs: new Map([
      ["p", p],
      ["u", u],
    ]),
    outputs: new Map([["tokens", sampleCategorical(p, u)]]),
  });
  const rows = 400;
  const one = Float32Array.from({ length: 5000 }, (_, i) => (i % 100 === 7 ? 1 : 0));
  const data = new Float32Array(rows * 5000);
  for (let n = 0; n < rows; n++) data.set(one, n * 5000);
  const even = Float32Array.from({ length: rows }, (_, n) => n / rows);
  const outputs = await session.run(
    new Map([
      ["p", { dtype: "f32", dims: [rows, 5000], data }],
      ["u", { dtype: "f32", dims: [rows], data: even }],
    ]),
  );
  const tokens = (outputs.get("tokens") as { data: Int32Array }).data;
  const counts = new Map<number, number>();
  for (const t of tokens) counts.set(t, (counts.get(t) ?? 0) + 1);
  expect([...counts.keys()].every((t) => t % 100 === 7)).toBe(true);
  expect(counts.size).toBe(50);
  expect(Math.max(...counts.values())).toBeLessThanOrEqual(9);
  await session.release();
});
