import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cpuBackend } from "../../runtime/index.ts";
import { SequenceJudge } from "../../train/sequence/sequence-judge.ts";
import { SequenceSampler } from "../../train/sequence/sequence-sampler.ts";
import { Random } from "../../util/random.ts";
import { drawOracle, oracleArrays, oracleNetwork } from "./oracle.ts";

const backend = cpuBackend({ threads: 1 });

/** Made by `node bench/judge-oracle.mjs --fixture`. */
const fixture = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/oracle.json", import.meta.url), "utf8"),
) as { seed: number; sequences: number[][]; nll: number[] };

test("an oracle's NLL of its own samples is PyTorch's", async () => {
  const judge = await SequenceJudge.create(oracleNetwork(20), backend, 1);
  judge.setWeights(oracleArrays(drawOracle(fixture.seed)));
  for (const [i, sequence] of fixture.sequences.entries()) {
    const nll = await judge.nll(Int32Array.from(sequence));
    expect(Math.abs(nll - (fixture.nll[i] as number))).toBeLessThan(1e-4);
  }
  await judge.release();
});

test("eight fresh oracles have floors from 5.7 to 6.2, and samples follow their probabilities", async () => {
  const network = oracleNetwork(20);
  const sampler = await SequenceSampler.create(network, backend);
  const judge = await SequenceJudge.create(network, backend);
  for (let seed = 1; seed <= 8; seed++) {
    const arrays = oracleArrays(drawOracle(seed));
    sampler.setWeights(arrays);
    judge.setWeights(arrays);
    const floor = await judge.nll(await sampler.draw(500, new Random(seed, "floor")));
    expect(floor, `oracle ${seed}`).toBeGreaterThan(5.7);
    expect(floor, `oracle ${seed}`).toBeLessThan(6.2);
  }
  // Near-greedy samples are the likeliest, as the benchmark's critics say.
  const greedy = await sampler.draw(200, new Random(1, "greedy"), { temperature: 0.05 });
  expect(await judge.nll(greedy)).toBeLessThan(4);
  await sampler.release();
  await judge.release();
});

test("an oracle's tensors are checked by name and shape", () => {
  const tensors = drawOracle(1);
  expect(() => oracleArrays(new Map([...tensors].filter(([name]) => name !== "Wog")))).toThrow(
    'an oracle needs a tensor "Wog" of shape [32,32], received none.',
  );
  const bias = { dtype: "F32", shape: [31], data: new Float32Array(31) } as const;
  expect(() => oracleArrays(new Map(tensors).set("bc", bias))).toThrow(
    '"bc" of shape [32], received [31]',
  );
});
