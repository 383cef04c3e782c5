import { describe, expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.ts";
import type { NdArray } from "../../src/graph/nd-array.ts";
import * as ops from "../../src/graph/ops/index.ts";
import type { Value } from "../../src/graph/value.ts";
import { modelByName } from "../../src/models/index.ts";
import { Variables } from "../../src/nn/index.ts";
import { evaluate, Fixture, leafFor, worstDifference } from "./fixture.ts";

type Keys = Readonly<Record<string, string>>;

interface ModelCase {
  readonly name: string;
  readonly kind: string;
  readonly config: {
    readonly options: object;
    readonly size: number;
    readonly channels: number;
    readonly classes: number;
  };
  readonly inputs: Keys;
  readonly params: Keys;
  readonly state?: Keys;
  readonly outputs: Keys;
  readonly cotangents: Keys;
  readonly inputGradients: Keys;
  readonly paramGradients: Keys;
}

const fixture = new Fixture<{ cases: ModelCase[] }>("models");
const tolerance = 1e-6;

describe("whole players, their gradients and second gradients equal PyTorch's", () => {
  for (const c of fixture.meta.cases) {
    test(c.name, { timeout: 60_000 }, () => {
      const { options, classes, ...image } = c.config;
      const definition = modelByName(c.kind);
      const players = definition.build(definition.schema.parse(options), image, classes);
      const feeds = new Map<Value, NdArray>();
      const input = (name: string) => {
        const array = fixture.get(c.inputs[name] as string);
        const value = leafFor(name, array, name === "labels" ? "i32" : "f32");
        feeds.set(value, array);
        return value;
      };
      const variables = new Variables();
      const labels = c.inputs.labels ? input("labels") : undefined;
      const [x, z] = [input("x"), input("z")];
      const images = players.generator(variables.scope("generator"), z, labels);
      const logits = players.discriminator(variables.scope("discriminator"), x, labels);
      const [slope] = gradients(ops.reduceSum(logits), [x]) as [Value];
      const outputs: Readonly<Record<string, Value>> = { images, logits, slope };
      const inputs = new Map([["x", x], ["z", z], ...variables.noise]);
      for (const [name, v] of variables.noise) feeds.set(v, fixture.get(c.inputs[name] as string));
      const named = { ...c.params, ...c.state };
      expect([...variables.all.keys()].sort()).toEqual(Object.keys(named).sort());
      for (const v of variables.all.values()) {
        feeds.set(v.value, fixture.get(named[v.name] as string));
      }
      const objective = Object.entries(c.cotangents)
        .map(([name, key]) => {
          const { data, shape } = fixture.get(key);
          const weights = ops.constant(data as Float64Array, shape as number[]);
          return ops.reduceSum(ops.mul(outputs[name] as Value, weights));
        })
        .reduce((a, b) => ops.add(a, b));
      const wrt = [
        ...Object.keys(c.inputGradients).map((name) => inputs.get(name) as Value),
        ...Object.keys(c.paramGradients).map((name) => variables.all.get(name)?.value as Value),
      ];
      const expected = [c.outputs, c.inputGradients, c.paramGradients].flatMap((keys) =>
        Object.values(keys),
      );
      const roots = [
        ...Object.keys(c.outputs).map((name) => outputs[name] as Value),
        ...gradients(objective, wrt),
      ];
      evaluate(roots, feeds).forEach((got, i) => {
        const key = expected[i] as string;
        expect(worstDifference(got, fixture.get(key)), key).toBeLessThan(tolerance);
      });
    });
  }
});
