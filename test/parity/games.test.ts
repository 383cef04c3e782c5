import { describe, expect, test } from "vitest";
import {
  buildGame,
  nonSaturating,
  type Phase,
  type Players,
  regularizerByName,
  regularizers,
} from "../../src/adversarial/index.ts";
import * as ops from "../../src/graph/ops/index.ts";
import type { Value } from "../../src/graph/value.ts";
import { conv2d, linear, type Scope } from "../../src/nn/index.ts";
import { evaluate, Fixture, worstDifference } from "./fixture.ts";

interface Case {
  readonly rule: string;
  readonly options: object;
  /** Numbers that the rule has kept from earlier steps. */
  readonly kept: Readonly<Record<string, number>>;
  readonly d: number;
  readonly g: number;
}
const fixture = new Fixture<{ readonly cases: readonly Case[] }>("games");

const styles = (s: Scope, z: Value) => ops.tanh(linear(s.at("fc1"), z, 5));
const synthesize = (s: Scope, w: Value) =>
  ops.reshape(ops.tanh(linear(s.at("fc2"), w, 128)), [4, 2, 8, 8]);
const model: Players = {
  latent: 3,
  classes: 0,
  styles,
  synthesize,
  generator: (s, z) => synthesize(s, styles(s, z)),
  discriminator: (s, x) => {
    const h = conv2d(s.at("conv"), x, 3, { kernel: 3, stride: 2, padding: 1 });
    return linear(s.at("fc"), ops.reshape(ops.tanh(h), [4, 48]), 1);
  },
};

function gameOf({ rule, options }: Pick<Case, "rule" | "options">, interval = 1) {
  const chosen = regularizerByName(rule);
  return buildGame({
    model,
    sample: [2, 8, 8],
    batch: 4,
    loss: { rule: nonSaturating, options: nonSaturating.schema.parse({}) },
    regularizers: [{ rule: chosen, options: chosen.schema.parse(options), interval }],
    discriminatorSteps: 1,
    generatorSteps: 1,
  });
}

function played(c: Case, phase: Phase, variables: ReturnType<typeof gameOf>["variables"]) {
  const feeds = new Map<Value, ReturnType<typeof fixture.get>>();
  for (const { name, value } of variables.all.values()) {
    const kept = c.kept[name.replace(`regularizer/${c.rule}/`, "")];
    const given = kept === undefined ? fixture.get(`params/${name}`) : undefined;
    feeds.set(value, given ?? { shape: [], data: Float64Array.of(kept as number) });
  }
  for (const [name, v] of phase.inputs) {
    const own = `${c.rule}/${phase.name}/${name}`;
    const given = fixture.has(own) ? own : fixture.has(name) ? name : `${c.rule}/d/${name}`;
    feeds.set(v, fixture.get(given));
  }
  const [loss, ...slopes] = evaluate([phase.loss, ...phase.gradients.values()], feeds);
  return { loss: loss?.data[0] as number, slopes };
}

describe("both players' losses and gradients equal PyTorch's", () => {
  for (const c of fixture.meta.cases) {
    for (const side of ["d", "g"] as const) {
      test(`${c.rule}, ${side}`, () => {
        const { plan, variables } = gameOf(c);
        const phase = plan.find((p) => p.name === side) as Phase;
        const { loss, slopes } = played(c, phase, variables);
        // The rule changes which samples G learns from, not what is logged of all of them.
        if (c.rule !== "top-k" || side === "d") {
          expect(Math.abs(loss / c[side] - 1)).toBeLessThan(1e-9);
        }
        [...phase.gradients.keys()].forEach((name, i) => {
          const want = fixture.get(`${c.rule}/${side}/gradient/${name}`);
          expect(worstDifference(slopes[i] as never, want), name).toBeLessThan(1e-8);
        });
      });
    }
  }

  test("every rule that is more than a penalty of D's has a case", () => {
    const covered = new Set(fixture.meta.cases.map((c) => c.rule));
    const elsewhere = new Set(["consensus", "instance-noise"]);
    const open = regularizers.filter(
      (r) =>
        !covered.has(r.name) &&
        !elsewhere.has(r.name) &&
        (r.perturb || r.generatorPenalty || r.select || r.unroll),
    );
    expect(open.map((r) => r.name)).toEqual([]);
  });
});

test("a lazy penalty is a move of its own and pays for the steps between", () => {
  const c = fixture.meta.cases.find(({ rule }) => rule === "consistency") as Case;
  const { plan, variables } = gameOf(c, 16);
  expect(plan.map(({ name, interval = 1 }) => [name, interval])).toEqual([
    ["d", 1],
    ["d-every-16", 16],
    ["g", 1],
  ]);
  const plain = played(c, plan[0] as Phase, variables).loss;
  const lazy = played(c, plan[1] as Phase, variables).loss;
  expect(plain + lazy / 16).toBeCloseTo(c.d, 9);
});

test("a rule that works at every step has no interval", () => {
  expect(() => gameOf({ rule: "top-k", options: {} }, 4)).toThrow("has no interval");
});

test("ADA's probability rises while D is sure of its training images, and falls while it is not", () => {
  const c = fixture.meta.cases.find(({ rule }) => rule === "ada") as Case;
  for (const [target, direction] of [
    [-1, 1],
    [1, -1],
  ] as const) {
    const { plan, variables } = gameOf({ ...c, options: { target, kimg: 1 } });
    const phase = plan[0] as Phase;
    const next = phase.assignments.get("regularizer/ada/probability") as Value;
    const watched = { ...phase, loss: next };
    // A batch of 4 of the 1,000 images that it takes from 0 to 1.
    expect(played(c, watched, variables).loss).toBeCloseTo(0.5 + direction * 0.004, 9);
  }
});
