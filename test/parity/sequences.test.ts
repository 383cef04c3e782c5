import { describe, expect, test } from "vitest";
import { discriminatorPhase } from "../../src/adversarial/index.ts";
import type { NdArray } from "../../src/graph/nd-array.ts";
import type { Value } from "../../src/graph/value.ts";
import { cnnDiscriminator, cnnFeaturesSchema } from "../../src/models/index.ts";
import { Variables } from "../../src/nn/index.ts";
import { evaluate, Fixture, worstDifference } from "./fixture.ts";

interface Case {
  readonly name: string;
  readonly options: object;
  readonly shape: { readonly vocabulary: number; readonly length: number };
  readonly phase: { readonly length: number; readonly batch: number; readonly l2: number };
  readonly names: readonly string[];
}

const fixture = new Fixture<{ readonly cases: readonly Case[] }>("sequences");
const tolerance = 1e-8;

describe("the discriminator's move on sequences and its gradients equal PyTorch's", () => {
  test.each(fixture.meta.cases)("$name", ({ name, options, shape, phase: given, names }) => {
    const discriminator = cnnDiscriminator(cnnFeaturesSchema.parse(options), shape);
    const variables = new Variables();
    const phase = discriminatorPhase(discriminator, variables, given);
    const feeds = new Map<Value, NdArray>();
    for (const [key, value] of phase.inputs) feeds.set(value, fixture.get(`${name}/${key}`));
    for (const key of names) {
      const { value } = variables.all.get(`discriminator/${key}`) as { value: Value };
      feeds.set(value, fixture.get(`${name}/params/${key}`));
    }
    const slopes = names.map((key) => [`gradients/${key}`, `discriminator/${key}`] as const);
    const outputs = new Map<string, Value>([["loss", phase.loss], ...phase.scalars]);
    for (const [key, variable] of slopes) {
      outputs.set(key, phase.gradients.get(variable) as Value);
    }
    expect(phase.gradients.size).toBe(names.length);
    const got = evaluate([...outputs.values()], feeds);
    [...outputs.keys()].forEach((key, i) => {
      const expected = fixture.get(`${name}/${key}`);
      expect(worstDifference(got[i] as NdArray, expected), key).toBeLessThan(tolerance);
    });
  });
});
