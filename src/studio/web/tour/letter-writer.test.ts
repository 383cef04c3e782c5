import { expect, test } from "vitest";
import { sequenceSamplerGraph } from "../../../adversarial/index.ts";
import { lstm } from "../../../models/sequence/lstm-generator.ts";
import { cpuBackend } from "../../../runtime/index.ts";
import { SequenceSampler } from "../../../train/sequence/sequence-sampler.ts";
import { Random } from "../../../util/random.ts";
import { LetterWriter } from "./letter-writer.ts";

test("place by place it draws what the sampler of whole sequences draws", async () => {
  const shape = { vocabulary: 9, length: 12, start: 0, end: 1 };
  const options = lstm.schema.parse({ embedding: 5, hidden: 7, deviation: 1 });
  const generator = lstm.build(options, shape);
  const never = [0, 2];
  const random = new Random(4, "weights");
  const weights = new Map(
    sequenceSamplerGraph(generator).variables.map(({ name, shape: dims }) => {
      const data = new Float32Array(dims.reduce((a, b) => a * b, 1));
      random.fillNormal(data);
      return [name, data] as const;
    }),
  );
  const backend = cpuBackend({ threads: 1 });
  const whole = await SequenceSampler.create(generator, backend, { never });
  whole.setWeights(weights);
  const writer = await LetterWriter.create(generator, weights, backend, { hidden: 7, never });
  for (const temperature of [0.5, 1.3]) {
    const expected = await whole.draw(50, new Random(2, "samples"), { temperature });
    const found = await writer.draw(50, new Random(2, "samples"), temperature);
    expect(found).toEqual(expected);
    expect(new Set(found).size).toBeGreaterThan(4);
    expect(found.filter((token) => never.includes(token))).toHaveLength(0);
  }
  await whole.release();
  await writer.release();
});
