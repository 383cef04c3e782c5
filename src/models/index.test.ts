import { describe, expect, test } from "vitest";
import { generatorGraph } from "../adversarial/index.ts";
import { gradients } from "../graph/gradients.ts";
import { interpret } from "../graph/interpret.ts";
import type { NdArray } from "../graph/nd-array.ts";
import * as ops from "../graph/ops/index.ts";
import { elementCount, type Value } from "../graph/value.ts";
import { type Variable, Variables } from "../nn/index.ts";
import { Random } from "../util/random.ts";
import { modelByName, models } from "./index.ts";

function build(name: string, options: object, size: number, classes = 0, channels = 1) {
  const definition = modelByName(name);
  return definition.build(definition.schema.parse(options), { channels, size }, classes);
}

const sizes: Readonly<Record<string, readonly number[]>> = {
  mlp: [8, 28],
  dcgan: [28, 32, 64, 128],
  infogan: [28, 32, 64, 128],
  r3gan: [16, 32, 64, 128],
  stylegan2: [16, 32, 64, 128],
  resnet: [32, 64, 128],
};

const data = (name: string, shape: readonly number[]) => ops.leaf(name, shape, { kind: "data" });
const labelsOf = (count: number) => ops.leaf("labels", [count], { kind: "data" }, "i32");

describe("every model", () => {
  for (const { name } of models) {
    for (const size of sizes[name] ?? []) {
      test(`${name} at ${size}: images of a free batch, and logits`, () => {
        const model = build(name, {}, size, 0, 3);
        const { graph } = generatorGraph(model);
        expect(graph.outputs.get("images")?.shape).toEqual(["N", 3, size, size]);
        const scope = new Variables().scope("discriminator");
        expect(model.discriminator(scope, data("x", [4, 3, size, size])).shape).toEqual([4, 1]);
      });
    }
  }

  test("is built at the sizes that it is made for", () => {
    expect(Object.keys(sizes).sort()).toEqual(models.map((m) => m.name).sort());
  });
});

/** Initial contents of variables and drawn inputs. */
function feedsOf(variables: Iterable<Variable>, inputs: readonly Value[]): Map<Value, NdArray> {
  const random = new Random(3, "models");
  const feeds = new Map<Value, NdArray>();
  const fill = (v: Value, write: (out: Float32Array) => void) => {
    const shape = v.shape as readonly number[];
    const out = new Float32Array(elementCount(shape));
    write(out);
    feeds.set(v, { shape, data: Float64Array.from(out) });
  };
  for (const { value, initializer, shape } of variables) {
    fill(value, (out) => initializer(out, random, shape));
  }
  for (const v of inputs) {
    fill(v, (out) => {
      if (v.dtype === "i32") out.set(out.map((_, i) => i % 3));
      else random.fillNormal(out);
    });
  }
  return feeds;
}

describe("the class as D's second task", () => {
  for (const name of ["dcgan", "resnet"]) {
    test(`${name} is paid for the label's logarithm, and G and D both feel it`, () => {
      const options = { latent: 3, baseChannels: 2, maxChannels: 4, conditional: "auxiliary" };
      if (name === "dcgan") Reflect.deleteProperty(options, "maxChannels");
      const model = build(name, options, 32, 3);
      const variables = new Variables();
      const [z, labels] = [data("z", [4, 3]), labelsOf(4)];
      const samples = model.generator(variables.scope("generator"), z, labels);
      const scope = variables.scope("discriminator");
      const logits = model.discriminator(scope, samples, labels);
      const term = model.auxiliary?.(scope, { samples, z, labels }) as Value;
      expect(term.shape).toEqual([]);
      expect(logits.shape).toEqual([4, 1]);
      const trained = [...variables.all.values()].filter((v) => v.trainable);
      const slopes = gradients(
        term,
        trained.map((v) => v.value),
      );
      const feeds = feedsOf(variables.all.values(), [z, labels]);
      const [value, ...found] = interpret([term, ...slopes], feeds);
      // Before training every class is about as likely.
      expect(value?.data[0]).toBeGreaterThan(0.5);
      expect(value?.data[0]).toBeLessThan(2.5);
      const moved = trained.filter((_, i) => found[i]?.data.some((x) => x !== 0));
      const names = moved.map((v) => v.name);
      expect(names).toContain("discriminator/class/weight");
      expect(names.some((n) => n.startsWith("generator/"))).toBe(true);
      expect(names).not.toContain("discriminator/out/weight");
      expect(model.auxiliary?.(scope, { samples })).toBeUndefined();
    });
  }

  test("is none with the other kinds", () => {
    for (const conditional of [false, true, "projection", "concatenation"]) {
      expect(build("dcgan", { conditional }, 28, 3).auxiliary).toBeUndefined();
    }
  });
});

test("true and projection are the same players", () => {
  const names = [true, "projection"].map((conditional) => {
    const model = build("dcgan", { conditional }, 28, 3);
    const variables = new Variables();
    model.generator(variables.scope("generator"), data("z", [2, 100]), labelsOf(2));
    model.discriminator(variables.scope("discriminator"), data("x", [2, 1, 28, 28]), labelsOf(2));
    return [...variables.all.keys()];
  });
  expect(names[0]).toEqual(names[1]);
});

describe("InfoGAN's codes", () => {
  const options = { noise: 2, categories: 3, continuous: 1, baseChannels: 2 };

  test("the bound is that of the head's predictions, by hand", () => {
    const model = build("infogan", { ...options, continuousWeight: 0.5 }, 28);
    const variables = new Variables();
    const [z, samples] = [data("z", [2, 6]), data("x", [2, 1, 28, 28])];
    const scope = variables.scope("discriminator");
    const term = model.auxiliary?.(scope, { samples, z }) as Value;
    const feeds = feedsOf(variables.all.values(), [samples]);
    for (const v of variables.all.values()) {
      // A head that always says the same: logits 0, 1, 2 and 0.25.
      const fixed = (numbers: number[]) =>
        feeds.set(v.value, { shape: v.shape, data: Float64Array.from(numbers) });
      if (/code\/(category|values)\/weight/.test(v.name)) {
        fixed(new Array(elementCount(v.shape)).fill(0));
      }
      if (v.name.endsWith("code/category/bias")) fixed([0, 1, 2]);
      if (v.name.endsWith("code/values/bias")) fixed([0.25]);
    }
    // Categories 2 and 0; Phi(1) stretched is erf(1/sqrt 2) = 0.6826894921370859, Phi(0) gives 0.
    const numbers = [9, 9, -1, 0, 3, 1, 9, 9, 2, 0, -3, 0];
    feeds.set(z, { shape: [2, 6], data: Float64Array.from(numbers) });
    const total = Math.log(1 + Math.E + Math.E ** 2);
    const category = (total - 2 + total - 0) / 2 - Math.log(3);
    const errors = ((0.6826894921370859 - 0.25) ** 2 + 0.25 ** 2) / 2;
    const value = errors / 2 + Math.log(2 * Math.PI) / 2 - Math.log(2);
    const [found] = interpret([term], feeds);
    expect(found?.data[0]).toBeCloseTo(category + 0.5 * value, 6);
  });

  test("real images have none", () => {
    const model = build("infogan", options, 28);
    const scope = new Variables().scope("discriminator");
    expect(model.auxiliary?.(scope, { samples: data("x", [2, 1, 28, 28]) })).toBeUndefined();
  });
});

test("StyleGAN2's generator is its synthesis of its styles, and its samples have no noise", () => {
  const model = build("stylegan2", { latent: 4, baseChannels: 2, maxChannels: 4 }, 16);
  const variables = new Variables();
  const z = data("z", [2, 4]);
  const whole = model.generator(variables.scope("generator", "eval"), z);
  expect(variables.noise.size).toBe(0);
  const again = variables.scope("generator", "eval");
  const parts = model.synthesize?.(again, model.styles?.(again, z) as Value) as Value;
  const feeds = feedsOf(variables.all.values(), [z]);
  const [a, b] = interpret([whole, parts], feeds);
  expect(b?.data).toEqual(a?.data);
  expect(Math.max(...(a?.data ?? []).map(Math.abs))).toBeLessThanOrEqual(1);
  model.generator(variables.scope("generator"), z);
  expect(variables.noise.size).toBe(5);
});

test("R3GAN's blocks change nothing at the start", () => {
  const at = (blocksPerStage: number) => {
    const model = build("r3gan", { latent: 4, baseChannels: 4, groupSize: 4, blocksPerStage }, 16);
    const variables = new Variables();
    const z = data("z", [2, 4]);
    const images = model.generator(variables.scope("generator"), z);
    const outside = [...variables.all.values()].filter((v) => !v.name.includes("/block"));
    const feeds = feedsOf(outside, [z]);
    const inside = [...variables.all.values()].filter((v) => v.name.includes("/block"));
    for (const [v, array] of feedsOf(inside, [])) feeds.set(v, array);
    return interpret([images], feeds)[0]?.data;
  };
  expect(at(1)).toEqual(at(3));
});

describe("options that do not fit", () => {
  const cases: readonly [string, object, number, number, RegExp][] = [
    ["r3gan", {}, 28, 0, /r3gan: size must be 16, 32, 64 or 128, received 28; use --size 64/],
    ["stylegan2", {}, 48, 0, /stylegan2: size must be 16, 32, 64 or 128, received 48/],
    ["resnet", {}, 16, 0, /resnet: size must be 32, 64 or 128, received 16/],
    ["infogan", {}, 33, 0, /infogan: size must be 28, 32, 64 or 128, received 33/],
    ["r3gan", { widths: [8, 8] }, 32, 0, /r3gan: widths must be 4 numbers, .* received 2/],
    ["r3gan", { groupSize: 48 }, 32, 0, /r3gan: groupSize must divide .* 64 x 2, received 48/],
    ["r3gan", { conditional: true }, 32, 0, /r3gan: conditional needs data with at least two/],
    ["dcgan", { conditional: "auxiliary" }, 32, 1, /dcgan: conditional needs data with at least/],
    ["resnet", { conditional: true }, 32, 0, /resnet: conditional needs data with at least two/],
  ];
  for (const [name, options, size, classes, message] of cases) {
    test(`${name} ${JSON.stringify(options)} at ${size}`, () => {
      expect(() => build(name, options, size, classes)).toThrow(message);
    });
  }
});
