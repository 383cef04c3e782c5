import { describe, expect, test } from "vitest";
import { likelihoodGame, type Phase } from "../../src/adversarial/index.ts";
import type { NdArray } from "../../src/graph/nd-array.ts";
import type { Value } from "../../src/graph/value.ts";
import {
  type SequenceShape,
  transformerGenerator,
  transformerGeneratorSchema,
} from "../../src/models/index.ts";
import { evaluate, Fixture, worstDifference } from "./fixture.ts";

interface Case {
  readonly name: string;
  readonly options: object;
  readonly shape: SequenceShape;
  readonly batch: number;
  readonly names: readonly string[];
}

const fixture = new Fixture<{ readonly cases: readonly Case[] }>("decoders");
const tolerance = 1e-8;
/** No gradient is so large that it would be scaled down. */
const clip = 1e9;

describe("a decoder's likelihood and its gradients equal PyTorch's", () => {
  test.each(fixture.meta.cases)("$name", ({ name, options, shape, batch, names }) => {
    const generator = transformerGenerator(transformerGeneratorSchema.parse(options), shape);
    const { variables, plan } = likelihoodGame(generator, batch, clip);
    const phase = plan[0] as Phase;
    const feeds = new Map<Value, NdArray>();
    feeds.set(phase.inputs.get("tokens") as Value, fixture.get(`${name}/tokens`));
    for (const key of names) {
      const { value } = variables.all.get(`generator/${key}`) as { value: Value };
      feeds.set(value, fixture.get(`${name}/params/${key}`));
    }
    expect([...phase.gradients.keys()].sort()).toEqual(
      names.map((key) => `generator/${key}`).sort(),
    );
    const outputs = new Map([["loss", phase.loss]]);
    for (const key of names) {
      outputs.set(`gradients/${key}`, phase.gradients.get(`generator/${key}`) as Value);
    }
    const got = evaluate([...outputs.values()], feeds);
    [...outputs.keys()].forEach((key, i) => {
      const expected = fixture.get(`${name}/${key}`);
      expect(worstDifference(got[i] as NdArray, expected), key).toBeLessThan(tolerance);
    });
  });
});
