import { describe, expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.ts";
import type { NdArray } from "../../src/graph/nd-array.ts";
import * as ops from "../../src/graph/ops/index.ts";
import type { Value } from "../../src/graph/value.ts";
import * as nn from "../../src/nn/index.ts";
import { evaluate, Fixture, leafFor, worstDifference } from "./fixture.ts";

/** Numbers and flags as the fixture names them; each builder reads its own. */
type Config = Readonly<{ [option: string]: number }> & {
  readonly bias?: boolean;
  readonly causal?: boolean;
  readonly alignCorners?: boolean;
};

interface LayerCase {
  readonly name: string;
  readonly kind: string;
  readonly config: Config;
  readonly inputs?: Record<string, string>;
  readonly params?: Record<string, string>;
  readonly state?: Record<string, string>;
  readonly outputs: Record<string, string>;
  readonly cotangents: Record<string, string>;
  readonly inputGradients?: Record<string, string>;
  readonly paramGradients?: Record<string, string>;
  readonly stateAfter?: Record<string, string>;
}

type Inputs = Readonly<Record<string, Value>>;
type Build = (s: nn.Scope, inputs: Inputs, config: Config, c: LayerCase) => Record<string, Value>;

const one =
  (f: (x: Value, config: Config) => Value): Build =>
  (_s, { x }, config) => ({
    y: f(x as Value, config),
  });

const features = (name: string) => fixture.get(name).shape[0] as number;

const builders: Readonly<Record<string, Build>> = {
  linear: (s, { x }, config, c) => ({
    y: nn.linear(s, x as Value, features(c.params?.weight as string), {
      bias: config.bias ?? true,
    }),
  }),
  conv2d: (s, { x }, config, c) => ({
    y: nn.conv2d(s, x as Value, features(c.params?.weight as string), {
      ...(config as unknown as nn.Conv2dOptions),
      bias: c.params?.bias !== undefined,
    }),
  }),
  convTranspose2d: (s, { x }, config, c) => ({
    y: nn.convTranspose2d(
      s,
      x as Value,
      fixture.get(c.params?.weight as string).shape[1] as number,
      {
        ...(config as unknown as nn.ConvTranspose2dOptions),
        bias: c.params?.bias !== undefined,
      },
    ),
  }),
  batchNorm: (s, { x }) => ({ y: nn.batchNorm(s, x as Value) }),
  layerNorm: (s, { x }) => ({ y: nn.layerNorm(s, x as Value) }),
  instanceNorm: (s, { x }) => ({ y: nn.instanceNorm(s, x as Value) }),
  groupNorm: (s, { x }, { groups }) => ({ y: nn.groupNorm(s, x as Value, groups as number) }),
  embedding: (s, { ids }, config) => ({
    y: nn.embedding(s, ids as Value, config.count as number, config.features as number),
  }),
  lstmCell: (s, { x, h, c }) => {
    const next = nn.lstmCell(s, x as Value, { hidden: h as Value, cell: c as Value });
    return { h: next.hidden, c: next.cell };
  },
  gruCell: (s, { x, h }) => ({ h: nn.gruCell(s, x as Value, h as Value) }),
  multiHeadAttention: (s, { x }, { heads, causal = false }) => ({
    y: nn.multiHeadAttention(s, x as Value, { heads: heads as number, causal }),
  }),
  upsampleNearest: one((x, { factor }) => nn.upsampleNearest(x, factor)),
  upsampleBilinear: one((x, { factor, alignCorners }) =>
    nn.upsampleBilinear(x, factor, alignCorners),
  ),
  pixelShuffle: one((x, { factor }) => nn.pixelShuffle(x, factor)),
  pixelUnshuffle: one((x, { factor }) => nn.pixelUnshuffle(x, factor)),
  averagePool: one((x, { kernel }) => nn.downsampleMean(x, kernel)),
  maxPool: one((x, { kernel }) => nn.downsampleMax(x, kernel)),
  spectralNorm: (s, _inputs, _config, c) => {
    const weight = s.parameter("weight", fixture.get(c.params?.weight as string).shape, nn.zeros);
    return { y: nn.spectralNorm(s, weight) };
  },
  relu: one(nn.relu),
  leakyRelu: one((x, { slope }) => nn.leakyRelu(x, slope)),
  elu: one((x, { alpha }) => nn.elu(x, alpha)),
  selu: one(nn.selu),
  gelu: one(nn.gelu),
  geluTanh: one(nn.geluTanh),
  silu: one(nn.silu),
  mish: one(nn.mish),
  softplus: one(nn.softplus),
  softsign: one(nn.softsign),
  hardSigmoid: one(nn.hardSigmoid),
  sigmoid: one(nn.sigmoid),
  tanh: one(nn.tanh),
  softmax: one((x) => nn.softmax(x)),
  logSoftmax: one((x) => ops.logSoftmax(x)),
};

const fixture = new Fixture<{ cases: LayerCase[] }>("layers");
const tolerance = 1e-6;

describe("layers, their gradients and state equal PyTorch's", () => {
  for (const c of fixture.meta.cases) {
    test(c.name, () => {
      const build = builders[c.kind];
      if (!build) throw new Error(`no builder for ${c.kind}`);
      const variables = new nn.Variables();
      const training = (c.config as { training?: boolean }).training !== false;
      const scope = variables.scope("net", training ? "train" : "eval");
      const feeds = new Map<Value, NdArray>();
      const inputs: Record<string, Value> = {};
      for (const [name, key] of Object.entries(c.inputs ?? {})) {
        const array = fixture.get(key);
        inputs[name] = leafFor(name, array, name === "ids" ? "i32" : "f32");
        feeds.set(inputs[name], array);
      }
      const outputs = build(scope, inputs, c.config, c);
      const named = { ...c.params, ...c.state };
      for (const v of variables.all.values()) {
        feeds.set(v.value, fixture.get(named[v.name.slice(4)] as string));
      }
      const wrt = [
        ...Object.keys(c.inputGradients ?? {}).map((n) => inputs[n] as Value),
        ...Object.keys(c.paramGradients ?? {}).map(
          (n) => variables.all.get(`net/${n}`)?.value as Value,
        ),
      ];
      const weighted = Object.entries(c.cotangents).map(([name, key]) => {
        const array = fixture.get(key);
        return ops.reduceSum(
          ops.mul(outputs[name] as Value, ops.constant(array.data, array.shape as number[])),
        );
      });
      const objective = weighted.reduce((a, b) => ops.add(a, b));
      const assigned = Object.keys(c.stateAfter ?? {}).filter((n) =>
        variables.assigned.has(`net/${n}`),
      );
      const roots = [
        ...Object.keys(c.outputs).map((n) => outputs[n] as Value),
        ...gradients(objective, wrt),
        ...assigned.map((n) => variables.assigned.get(`net/${n}`) as Value),
      ];
      const expected = [
        ...Object.values(c.outputs),
        ...Object.values(c.inputGradients ?? {}),
        ...Object.values(c.paramGradients ?? {}),
        ...assigned.map((n) => c.stateAfter?.[n] as string),
      ];
      if (c.stateAfter && training) expect(assigned.length).toBeGreaterThan(0);
      evaluate(roots, feeds).forEach((got, i) => {
        const key = expected[i] as string;
        expect(worstDifference(got, fixture.get(key)), key).toBeLessThan(tolerance);
      });
    });
  }

  test("the fixture holds all the layers", () => {
    expect(fixture.meta.cases.length).toBeGreaterThan(45);
  });
});
