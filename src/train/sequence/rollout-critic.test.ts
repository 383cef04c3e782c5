import { expect, test } from "vitest";
import { discriminatorPhase } from "../../adversarial/index.ts";
import { cnnDiscriminator, cnnFeaturesSchema } from "../../models/index.ts";
import { Variables } from "../../nn/index.ts";
import { cpuBackend } from "../../runtime/index.ts";
import { Random } from "../../util/random.ts";
import { initialArrays } from "../loop/initial-arrays.ts";
import { rolloutCritic } from "./rollout-critic.ts";

const backend = cpuBackend({ threads: 1 });
const shape = { vocabulary: 30, length: 7 };
const [batch, rollouts] = [3, 4];

test("ends of shared beginnings are judged as each would be alone", async () => {
  const convolutions = [1, 2, 3, 5, 7].map((width) => ({ width, filters: 20 }));
  const options = cnnFeaturesSchema.parse({ embedding: 8, convolutions });
  const discriminator = cnnDiscriminator(options, shape);
  const { length, vocabulary } = shape;
  const variables = new Variables();
  const phase = discriminatorPhase(discriminator, variables, { length, batch, l2: 0 });
  const weights = initialArrays({ variables, plan: [phase] }, 1, []);
  const random = new Random(1, "tokens");
  const sequences = Int32Array.from({ length: batch * length }, () => random.below(vocabulary));
  const ends = new Int32Array((length - 1) * rollouts * batch * length).map((_, i) => {
    const [t, row] = [i % length, Math.floor(i / length)];
    const p = 1 + Math.floor(row / (rollouts * batch));
    return t < p ? (sequences[(row % batch) * length + t] as number) : random.below(vocabulary);
  });
  const judged = [];
  for (const judge of [discriminator, { judge: discriminator.judge }]) {
    const critic = await rolloutCritic(judge, backend, { length, batch, rollouts });
    critic.setWeights(weights);
    judged.push(await critic.probabilities({ sequences, ends, z: undefined }));
    await critic.release();
  }
  const [shared, alone] = judged as [Float32Array, Float32Array];
  expect(shared).toHaveLength(batch + (length - 1) * rollouts * batch);
  expect(new Set(alone).size).toBeGreaterThan(50);
  shared.forEach((x, i) => {
    expect(Math.abs(x - (alone[i] as number))).toBeLessThan(1e-5);
  });
});
