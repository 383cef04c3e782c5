import { describe, expect, test } from "vitest";
import { type Phase, relativistic, relaxedGame } from "../../src/adversarial/index.ts";
import { gradients } from "../../src/graph/gradients.ts";
import type { NdArray } from "../../src/graph/nd-array.ts";
import * as ops from "../../src/graph/ops/index.ts";
import type { Value } from "../../src/graph/value.ts";
import {
  type MultiRepresentationOptions,
  multiRepresentationDiscriminator,
  type RelationalGeneratorOptions,
  relationalGenerator,
  type SequenceShape,
} from "../../src/models/index.ts";
import {
  type RelationalMemoryOptions,
  relationalMemory,
  relationalMemoryCell,
  Variables,
} from "../../src/nn/index.ts";
import { evaluate, Fixture, leafFor, worstDifference } from "./fixture.ts";

interface MemoryCase {
  readonly name: string;
  readonly options: RelationalMemoryOptions;
  readonly slots: number;
  readonly names: readonly string[];
}

interface JudgeCase {
  readonly name: string;
  readonly options: MultiRepresentationOptions;
  readonly shape: SequenceShape;
  readonly names: readonly string[];
}

interface GameCase {
  readonly name: string;
  readonly shape: SequenceShape;
  readonly generator: RelationalGeneratorOptions;
  readonly discriminator: MultiRepresentationOptions;
  readonly batch: number;
  readonly clip: number;
}

const fixture = new Fixture<{
  readonly memory: readonly MemoryCase[];
  readonly judges: readonly JudgeCase[];
  readonly games: readonly GameCase[];
}>("relgan");
const tolerance = 1e-9;

/** Runs the outputs, each under its name in the fixture, and compares them. */
function compare(outputs: ReadonlyMap<string, Value>, feeds: ReadonlyMap<Value, NdArray>): void {
  const got = evaluate([...outputs.values()], feeds);
  [...outputs.keys()].forEach((key, i) => {
    expect(worstDifference(got[i] as NdArray, fixture.get(key)), key).toBeLessThan(tolerance);
  });
}

/** The fixture's parameters in the place of all variables. */
function parametersOf(variables: Variables, prefix: string, below = ""): Map<Value, NdArray> {
  const all = [...variables.all.values()];
  return new Map(
    all.map((v) => [v.value, fixture.get(`${prefix}/params/${v.name.slice(below.length)}`)]),
  );
}

describe("a step of the relational memory and its gradients equal PyTorch's", () => {
  test.each(fixture.meta.memory)("$name", ({ name, options, slots, names }) => {
    const variables = new Variables();
    const [x, memory, cotangent] = ["x", "memory", "cotangent"].map((key) =>
      leafFor(key, fixture.get(`${name}/${key}`)),
    ) as [Value, Value, Value];
    const [rows, , size] = memory.shape as readonly [number, number, number];
    const before = Array.from({ length: slots }, (_, i) =>
      ops.reshape(ops.slice(memory, 1, i, i + 1), [rows, size]),
    );
    const next = relationalMemoryCell(variables.scope("memory"), x, before, options);
    const after = ops.concat(
      next.map((m) => ops.reshape(m, [rows, 1, size])),
      1,
    );
    const total = ops.reduceSum(ops.mul(after, cotangent));
    const weights = names.map((key) => variables.all.get(`memory/${key}`)?.value as Value);
    expect(variables.all.size).toBe(names.length);
    const slopes = gradients(total, [x, memory, ...weights]);
    const outputs = new Map([[`${name}/after`, after]]);
    ["x", "memory", ...names].forEach((key, i) => {
      outputs.set(`${name}/gradients/${key}`, slopes[i] as Value);
    });
    const feeds = parametersOf(variables, name, "memory/");
    for (const v of [x, memory, cotangent]) {
      feeds.set(v, fixture.get(`${name}/${v.attrs.name}`));
    }
    compare(outputs, feeds);
  });

  test("a sequence is its steps one after another, gradients included", () => {
    const { name, options, slots } = fixture.meta.memory[1] as MemoryCase;
    const { shape, data } = fixture.get(`${name}/x`);
    const [rows, width] = shape as [number, number];
    const steps = 3;
    const x = ops.leaf("x", [steps, rows, width], { kind: "data" });
    const variables = new Variables();
    const s = variables.scope("memory");
    const whole = relationalMemory(s, x, slots, options);
    const { generator } = fixture.meta.games[0] as GameCase;
    const like = ops.constant(new Float64Array(rows), [rows]);
    const start = { vocabulary: 2, length: steps, start: 0 };
    let memory = relationalGenerator({ ...generator, ...options, slots }, start).begin(s, like);
    const outputs: Value[] = [];
    for (let t = 0; t < steps; t++) {
      const now = ops.reshape(ops.slice(x, 0, t, t + 1), [rows, width]);
      memory = relationalMemoryCell(s, now, memory, options);
      outputs.push(ops.reshape(ops.concat(memory, 1), [1, rows, whole.shape[2] as number]));
    }
    const feeds = parametersOf(variables, name, "memory/");
    const all = Float64Array.from({ length: steps * data.length }, (_, i) =>
      Math.sin(i + (data[i % data.length] as number)),
    );
    feeds.set(x, { shape: x.shape as number[], data: all });
    const sources = [x, ...[...variables.all.values()].map((v) => v.value)];
    const roots = [whole, ops.concat(outputs, 0)].flatMap((y) => [
      y,
      ...gradients(ops.reduceSum(ops.mul(y, ops.sin(y))), sources),
    ]);
    const got = evaluate(roots, feeds);
    for (let i = 0; i < got.length / 2; i++) {
      const [a, b] = [got[i], got[i + got.length / 2]] as [NdArray, NdArray];
      expect(worstDifference(a, b)).toBeLessThan(tolerance);
    }
  });
});

describe("the multi-representation discriminator equals PyTorch's", () => {
  const cases = fixture.meta.judges.flatMap((c) => [
    { ...c, kind: "hard", input: "tokens", dtype: "i32" as const },
    { ...c, kind: "soft", input: "soft", dtype: "f32" as const },
  ]);
  test.each(cases)("$name, $kind tokens", ({ name, options, shape, names, kind, input, dtype }) => {
    const judge = multiRepresentationDiscriminator(options, shape);
    const variables = new Variables();
    const s = variables.scope("d");
    const tokens = leafFor(input, fixture.get(`${name}/${input}`), dtype);
    const scores = judge.scores(s, judge.embed(s, tokens));
    const cotangent = leafFor("cotangent", fixture.get(`${name}/${kind}/cotangent`));
    const total = ops.reduceSum(ops.mul(scores, cotangent));
    expect(variables.all.size).toBe(names.length);
    const read = [
      ...names.map((key) => [key, variables.all.get(`d/${key}`)?.value as Value] as const),
      ...(kind === "soft" ? [["soft", tokens] as const] : []),
    ];
    const slopes = gradients(
      total,
      read.map(([, v]) => v),
    );
    const outputs = new Map([[`${name}/${kind}/scores`, scores]]);
    read.forEach(([key], i) => {
      outputs.set(`${name}/${kind}/gradients/${key}`, slopes[i] as Value);
    });
    const feeds = parametersOf(variables, name, "d/");
    feeds.set(tokens, fixture.get(`${name}/${input}`));
    feeds.set(cotangent, fixture.get(`${name}/${kind}/cotangent`));
    compare(outputs, feeds);
    // What it says of a sequence is the mean of its scores.
    const [mean, each] = evaluate([judge.judge(s, tokens), scores], feeds) as [NdArray, NdArray];
    const parts = options.representations;
    mean.data.forEach((x, i) => {
      const row = each.data.slice(i * parts, (i + 1) * parts);
      expect(x).toBeCloseTo(row.reduce((a, b) => a + b, 0) / parts, 10);
    });
  });
});

describe("both moves of the relaxed game, through the whole generation, equal PyTorch's", () => {
  test.each(fixture.meta.games)("$name", (c) => {
    const { name, shape, batch, clip } = c;
    const variables = new Variables();
    const judge = multiRepresentationDiscriminator(c.discriminator, shape);
    const loss = { rule: relativistic, options: {} };
    const writer = relationalGenerator(c.generator, shape);
    const moves = relaxedGame(writer, judge, variables, { batch, clip, loss });
    for (const [player, phase] of [
      ["g", moves.generator],
      ["d", moves.discriminator],
    ] as const satisfies readonly (readonly [string, Phase])[]) {
      const feeds = parametersOf(variables, name);
      for (const [key, value] of phase.inputs) {
        const given = key === "generator/gumbel" ? "uniform" : key;
        const { data } = fixture.get(`${name}/${given}`);
        feeds.set(value, { shape: value.shape as number[], data });
      }
      const outputs = new Map([[`${name}/${player}/loss`, phase.loss]]);
      for (const [key, v] of phase.scalars) outputs.set(`${name}/${player}/${key}`, v);
      for (const [key, v] of phase.gradients) outputs.set(`${name}/${player}/gradients/${key}`, v);
      expect(phase.gradients.size).toBe(variables.under(phase.network).length);
      compare(outputs, feeds);
    }
  });
});
