import { describe, expect, test } from "vitest";
import { regularizerByName, regularizers } from "../../src/adversarial/index.ts";
import { gradients } from "../../src/graph/gradients.ts";
import * as ops from "../../src/graph/ops/index.ts";
import { leaf } from "../../src/graph/ops/leaf.ts";
import type { Value } from "../../src/graph/value.ts";
import type { Schedule } from "../../src/optim/index.ts";
import { evaluate, Fixture, leafFor, worstDifference } from "./fixture.ts";

interface PenaltyCase {
  readonly name: string;
  readonly values: Readonly<Record<string, number>>;
}

const fixture = new Fixture<{ cases: PenaltyCase[] }>("penalties");

/** The fixture's networks, from its own parameter names. */
class Networks {
  readonly parameters = new Map<string, Value>();
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  #get(path: string): Value {
    const known = this.parameters.get(path);
    if (known) return known;
    const { shape } = fixture.get(`${this.#name}/params/${path}`);
    const value = leaf(path, shape, { kind: "parameter" });
    this.parameters.set(path, value);
    return value;
  }

  #linear(path: string, x: Value): Value {
    return ops.add(
      ops.matMul(x, this.#get(`${path}/weight`), { transB: true }),
      this.#get(`${path}/bias`),
    );
  }

  conv(x: Value, activate: (v: Value) => Value, norm: boolean): Value {
    const window = { strides: [2, 2], pads: [1, 1, 1, 1] } as const;
    const wide = (v: Value) => ops.reshape(v, [1, 4, 1, 1]);
    let h = activate(ops.conv(x, this.#get("conv0/weight"), window));
    h = ops.conv(h, this.#get("conv1/weight"), window);
    if (norm) {
      const centred = ops.sub(h, ops.reduceMean(h, [0, 2, 3], true));
      const variance = ops.reduceMean(ops.mul(centred, centred), [0, 2, 3], true);
      const y = ops.div(centred, ops.sqrt(ops.add(variance, ops.scalar(1e-5))));
      h = ops.add(ops.mul(y, wide(this.#get("bn1/weight"))), wide(this.#get("bn1/bias")));
    } else {
      h = ops.add(h, wide(this.#get("conv1/bias")));
    }
    return this.#linear("out", ops.reshape(activate(h), [3, 16]));
  }

  attention(x: Value): Value {
    const tokens = ops.transpose(ops.reshape(x, [3, 2, 4]), [0, 2, 1]);
    const h = this.#linear("embed", tokens);
    const qkv = ops.transpose(
      ops.reshape(this.#linear("qkv", h), [3, 4, 3, 2, 3]),
      [2, 0, 3, 1, 4],
    );
    const [q, k, v] = [0, 1, 2].map((i) =>
      ops.reshape(ops.slice(qkv, 0, i, i + 1), [3, 2, 4, 3]),
    ) as [Value, Value, Value];
    const scores = ops.mul(ops.matMul(q, k, { transB: true }), ops.scalar(1 / Math.sqrt(3)));
    const mixed = ops.transpose(ops.matMul(ops.softmax(scores), v), [0, 2, 1, 3]);
    const sum = ops.add(h, this.#linear("project", ops.reshape(mixed, [3, 4, 6])));
    return this.#linear("out", ops.reduceMean(ops.mul(sum, ops.sigmoid(sum)), [1]));
  }
}

const silu = (v: Value) => ops.mul(v, ops.sigmoid(v));
const discriminators: Readonly<Record<string, (net: Networks, x: Value) => Value>> = {
  "conv-silu": (net, x) => net.conv(x, silu, false),
  "conv-leaky": (net, x) => net.conv(x, (v) => ops.leakyRelu(v, 0.2), false),
  "batch-norm": (net, x) => net.conv(x, (v) => ops.tanh(v), true),
  attention: (net, x) => net.attention(x),
};

/** Fixture's case -> our regularizer with options; by its own name where it is not here. */
const special: Readonly<Record<string, { readonly name: string; readonly options: object }>> = {
  "zero-centred": { name: "wgan-gp", options: { target: 0 } },
};

describe("gradients of gradient penalties equal PyTorch's double backprop", () => {
  const penalties = Object.keys(fixture.meta.cases[0]?.values ?? {});
  const ours = penalties.map((penalty) => {
    const { name, options } = special[penalty] ?? { name: penalty, options: {} };
    const rule = regularizerByName(name);
    return { penalty, rule, options: rule.schema.parse(options) };
  });

  for (const c of fixture.meta.cases) {
    for (const { penalty, rule, options } of ours) {
      test(`${c.name}, ${penalty}`, () => {
        const net = new Networks(c.name);
        const given = (name: string) => fixture.get(`${c.name}/${name}`);
        const feeds = new Map<Value, ReturnType<typeof given>>();
        const input = (name: string) => {
          const value = leafFor(name, given(name));
          feeds.set(value, given(name));
          return value;
        };
        const real = input("x");
        const fake = input("fake");
        const discriminate = (samples: Value) =>
          (discriminators[c.name] as (n: Networks, v: Value) => Value)(net, samples);
        const logits = { realLogits: discriminate(real), fakeLogits: discriminate(fake) };
        const scheduled = (_name: string, weight: Schedule) => ops.scalar(weight as number);
        const kept = (name: string) => ops.scalar(name === "realAnchor" ? -0.2 : 0.7);
        const penalize = rule.penalty as NonNullable<typeof rule.penalty>;
        const value = penalize(
          {
            ...{ real, fake, discriminate, ...logits, noise: input, scheduled, kept },
            keep: () => {},
            z: fake,
            generate: (v) => v,
          },
          options,
        );
        const names = [...net.parameters.keys()];
        const slopes = gradients(value, [...net.parameters.values()]);
        for (const [name, v] of net.parameters) feeds.set(v, given(`params/${name}`));
        const [got, ...rest] = evaluate([value, ...slopes], feeds);
        const expected = c.values[penalty] as number;
        expect(Math.abs((got?.data[0] as number) / expected - 1)).toBeLessThan(1e-9);
        names.forEach((name, i) => {
          const want = given(`${penalty}/${name}`);
          expect(worstDifference(rest[i] as never, want), name).toBeLessThan(1e-8);
        });
      });
    }
  }

  test("every registered penalty has cases, here or in whole games", () => {
    const games = new Fixture<{ cases: { rule: string }[] }>("games").meta.cases;
    const covered = new Set([...ours.map((o) => o.rule.name), ...games.map((c) => c.rule)]);
    const all = regularizers.filter((r) => r.penalty).map((r) => r.name);
    expect(all.filter((n) => !covered.has(n))).toEqual([]);
  });
});
