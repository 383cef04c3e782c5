import { expect, test } from "vitest";
import {
  filled,
  sequenceNetworks,
  softmax,
  wholeLogits,
  withTokens,
} from "../../../test/support/sequence-networks.ts";
import { interpret } from "../../graph/interpret.ts";
import type { NdArray } from "../../graph/nd-array.ts";
import { lstmGenerator } from "../../models/index.ts";
import { cpuBackend } from "../../runtime/index.ts";
import type { Tensor } from "../../runtime/session.ts";
import { Random } from "../../util/random.ts";
import { sequenceSamplerGraph } from "./sampler-graph.ts";

const [length, vocabulary, batch, temperature] = [5, 60, 40, 0.8];
const generator = lstmGenerator(
  { embedding: 6, hidden: 8, deviation: 1, dropout: 0 },
  { vocabulary, length, start: 0 },
);
const uniform = new Float32Array(length * batch);
new Random(5, "uniform").fillUniform(uniform);

/** Tokens [T*N] of a sampler for these inputs. */
async function drawn(
  options: Parameters<typeof sequenceSamplerGraph>[1],
  inputs: Readonly<Record<string, Tensor>> = {},
): Promise<Int32Array> {
  const { graph, variables } = sequenceSamplerGraph(generator, options);
  const session = await cpuBackend({ threads: 1 }).compile(graph);
  const feeds = new Map<string, Tensor>([
    ...variables.map((v) => [v.name, { dtype: "f32", dims: v.shape, data: filled(v) }] as const),
    ["uniform", { dtype: "f32", dims: [length, batch], data: uniform }],
    ["temperature", { dtype: "f32", dims: [], data: Float32Array.of(temperature) }],
    ...Object.entries(inputs),
  ]);
  const { data } = (await session.run(feeds)).get("tokens") as Tensor;
  await session.release();
  return data as Int32Array;
}

const truncation = (topK: number, topP: number): Record<string, Tensor> => ({
  topK: { dtype: "i32", dims: [], data: Int32Array.of(topK) },
  topP: { dtype: "f32", dims: [], data: Float32Array.of(topP) },
});

/** The tokens that are kept of a distribution, by the book: sorted, cut, cut again. */
function keptOf(p: readonly number[], topK: number, topP: number): Set<number> {
  const order = p.map((_, i) => i).sort((a, b) => (p[b] as number) - (p[a] as number));
  const likeliest = order.slice(0, topK);
  const total = likeliest.reduce((sum, i) => sum + (p[i] as number), 0);
  const kept = new Set<number>();
  let sum = 0;
  for (const i of likeliest) {
    if (topP < 1 && sum >= topP * total) break;
    kept.add(i);
    sum += p[i] as number;
  }
  return kept;
}

const never = [0, 7];

test.each([
  [5, 1],
  [vocabulary, 0.8],
  [9, 0.7],
  [1, 1],
  [1000, 1],
  [vocabulary, 1e-6],
])("top-k %d and top-p %d draw what an f64 computation draws", async (topK, topP) => {
  const tokens = await drawn({ truncated: true, never }, truncation(topK, topP));
  const networks = sequenceNetworks(length, batch);
  const logits = wholeLogits(generator, networks);
  const [found] = interpret([logits], withTokens(networks, tokens)) as [NdArray];
  uniform.forEach((u, row) => {
    const all = softmax(found.data.subarray(row * vocabulary, (row + 1) * vocabulary), temperature);
    const p = all.map((x, i) => (never.includes(i) ? 0 : x));
    const kept = keptOf(p, topK, topP);
    const total = [...kept].reduce((sum, i) => sum + (p[i] as number), 0);
    const token = tokens[row] as number;
    expect(kept).toContain(token);
    const below = p.reduce((sum, x, i) => (kept.has(i) && i < token ? sum + x / total : sum), 0);
    expect(u).toBeGreaterThan(below - 1e-5);
    expect(u).toBeLessThan(below + (p[token] as number) / total + 1e-5);
  });
});

test("truncation that keeps all draws what the plain sampler draws", async () => {
  const plain = await drawn({ never });
  expect(await drawn({ truncated: true, never }, truncation(vocabulary, 1))).toEqual(plain);
  expect(await drawn({ truncated: true, never }, truncation(3, 1))).not.toEqual(plain);
});
