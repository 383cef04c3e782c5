import { describe, expect, test } from "vitest";
import {
  filled,
  type SequenceNetworks,
  sequenceNetworks,
  softmax,
  wholeLogits,
  withTokens,
} from "../../../test/support/sequence-networks.ts";
import {
  generatorScope,
  likelihoodGraph,
  type SequenceGenerator,
  sequenceSamplerGraph,
} from "../../adversarial/index.ts";
import { interpret } from "../../graph/interpret.ts";
import type { NdArray } from "../../graph/nd-array.ts";
import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import { cpuBackend } from "../../runtime/index.ts";
import type { Tensor } from "../../runtime/session.ts";
import { Random } from "../../util/random.ts";
import { sequenceGenerator, sequenceGeneratorSchema, sequenceGenerators } from "./index.ts";

const [length, vocabulary, batch] = [6, 11, 8];
const shape = { vocabulary, length, start: 0 };

/** Small networks whose probabilities are far from even; every generator has some. */
const cases: readonly (readonly [string, object])[] = [
  ["lstm", { embedding: 5, hidden: 7, deviation: 1 }],
  ["lstm", { embedding: 5, hidden: 7, deviation: 1, noise: { size: 3 } }],
  ["lstm", { embedding: 5, hidden: 7, deviation: 1, noise: { size: 3, into: ["input"] } }],
  ["lstm", { embedding: 5, hidden: 7, deviation: 1, noise: { size: 3, into: ["state", "input"] } }],
  ["relational-memory", { embedding: 5, headSize: 4, slots: 1 }],
  ["relational-memory", { embedding: 5, heads: 3, headSize: 2, slots: 3, layers: 1 }],
  ["transformer", { width: 8, layers: 2, heads: 2, deviation: 0.35 }],
  ["transformer", { width: 6, layers: 1, heads: 3, tied: false, deviation: 0.7 }],
];

test("every generator is among the cases", () => {
  const names = [...new Set(cases.map(([name]) => name))];
  expect(names).toEqual(sequenceGenerators.map((g) => g.name));
});

describe.each(cases)("%s %j", (name, options) => {
  const generator = sequenceGenerator({ name, ...options }, shape);

  test("read token by token, it says what it says of whole sequences", () => {
    const tokens = randomTokens();
    const feeds = sequenceNetworks(length, batch);
    const [whole, stepped] = interpret(
      [wholeLogits(generator, feeds), steppedLogits(generator, feeds)],
      withTokens(feeds, tokens),
    ) as [NdArray, NdArray];
    expect(worst(whole.data, stepped.data)).toBeLessThan(1e-10);
    expect(spread(whole.data)).toBeGreaterThan(0.3);
  });

  test("a later token never changes what was said before it", () => {
    const feeds = sequenceNetworks(length, batch);
    const logits = wholeLogits(generator, feeds);
    const tokens = randomTokens();
    const say = () => (interpret([logits], withTokens(feeds, tokens))[0] as NdArray).data;
    const before = say();
    const at = 3;
    for (let i = 0; i < batch; i++) {
      tokens[at * batch + i] = ((tokens[at * batch + i] as number) + 1) % vocabulary;
    }
    const after = say();
    const seen = (at + 1) * batch * vocabulary;
    expect(after.slice(0, seen)).toEqual(before.slice(0, seen));
    expect(worst(after.slice(seen), before.slice(seen))).toBeGreaterThan(0.1);
  });

  test("noise changes what it says from the first token on, where it has some", () => {
    const nets = sequenceNetworks(length, batch);
    const logits = wholeLogits(generator, nets);
    const feeds = withTokens(nets, randomTokens());
    const say = () => (interpret([logits], feeds)[0] as NdArray).data.subarray(0, vocabulary);
    const before = say();
    (feeds.get(nets.z) as NdArray).data.fill(0.5);
    if (generator.noise) expect(worst(before, say())).toBeGreaterThan(0.05);
    else expect(say()).toEqual(before);
  });

  test("what the sampler draws is what those probabilities ask for", async () => {
    const backend = cpuBackend({ threads: 1 });
    const sampler = sequenceSamplerGraph(generator);
    const judge = likelihoodGraph(generator, batch);
    const arrays = new Map<string, Tensor>(
      sampler.variables.map((v) => [v.name, { dtype: "f32", dims: v.shape, data: filled(v) }]),
    );
    const uniform = new Float32Array(length * batch);
    new Random(5, "uniform").fillUniform(uniform);
    const temperature = { dtype: "f32", dims: [], data: Float32Array.of(0.8) } as const;
    const [drawing, judging] = [
      await backend.compile(sampler.graph),
      await backend.compile(judge.graph),
    ];
    const feeds = new Map<string, Tensor>([...arrays, ["temperature", temperature]]);
    const z = new Float32Array(batch * 3);
    new Random(4, "z").fillNormal(z);
    if (generator.noise) feeds.set("z", { dtype: "f32", dims: [batch, 3], data: z });
    const numbers: Tensor = { dtype: "f32", dims: [length, batch], data: uniform };
    const drawn = (await drawing.run(new Map([...feeds, ["uniform", numbers]]))).get("tokens");
    const tokens = drawn as Tensor;
    expect(new Set(tokens.data).size).toBeGreaterThan(4);
    const likely = (await judging.run(new Map([...feeds, ["tokens", tokens]]))).get(
      "logProbabilities",
    ) as Tensor;
    // The same in f64, from the whole sequences at once.
    const exact = sequenceNetworks(length, batch);
    const logits = wholeLogits(generator, exact);
    const [found] = interpret([logits], withTokens(exact, tokens.data as Int32Array)) as [NdArray];
    uniform.forEach((u, row) => {
      const p = softmax(found.data.subarray(row * vocabulary, (row + 1) * vocabulary), 0.8);
      const token = tokens.data[row] as number;
      const below = p.slice(0, token).reduce((a, b) => a + b, 0);
      expect(u).toBeGreaterThan(below - 1e-5);
      expect(u).toBeLessThan(below + (p[token] as number) + 1e-5);
      const apart = (likely.data[row] as number) - Math.log(p[token] as number);
      expect(Math.abs(apart)).toBeLessThan(1e-5);
    });
    for (const session of [drawing, judging]) await session.release();
  });
});

test("a configuration without a name is an LSTM with all its options; others are named", () => {
  expect(sequenceGeneratorSchema.parse(undefined)).toEqual({
    ...{ name: "lstm", embedding: 32, hidden: 32, deviation: 0.1, dropout: 0 },
  });
  expect(sequenceGeneratorSchema.parse({ hidden: 8 })).toMatchObject({ name: "lstm", hidden: 8 });
  const refused = (spec: object) => sequenceGeneratorSchema.safeParse(spec).error?.issues[0];
  expect(refused({ name: "gru" })?.path).toEqual(["name"]);
  expect(refused({ name: "transformer", width: 10, heads: 4 })?.path).toEqual(["heads"]);
  expect(refused({ name: "transformer", hidden: 4 })?.code).toBe("unrecognized_keys");
  expect(() => sequenceGenerator({ name: "ltsm" }, shape)).toThrow('Did you mean "lstm"');
  expect(() => sequenceGenerator({ name: "lstm", hidden: 0 }, shape)).toThrow("generator.hidden");
});

function steppedLogits(
  generator: SequenceGenerator,
  { variables, tokens, z }: SequenceNetworks,
): Value {
  const s = variables.scope(generatorScope, "eval");
  const { weight, bias } = generator.projection(s);
  const like = ops.constant(new Float64Array(batch), [batch]);
  let state = generator.begin(s, like, z);
  let token = ops.constant(new Int32Array(batch).fill(generator.start), [batch]);
  const rows: Value[] = [];
  for (let t = 0; t < length; t++) {
    const read = generator.read(s, token, state);
    state = read.state;
    rows.push(ops.add(ops.matMul(read.hidden, weight, { transB: true }), bias));
    token = ops.reshape(ops.slice(tokens, 0, t, t + 1), [batch]);
  }
  return ops.concat(rows, 0);
}

function randomTokens(): Int32Array {
  const random = new Random(3, "tokens");
  return Int32Array.from({ length: length * batch }, () => random.below(vocabulary));
}

function worst(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] as number))), 0);
}

function spread(a: Float64Array): number {
  return Math.sqrt(a.reduce((sum, x) => sum + x * x, 0) / a.length);
}
