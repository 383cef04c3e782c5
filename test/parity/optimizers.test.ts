import { describe, expect, test } from "vitest";
import type { NdArray } from "../../src/graph/nd-array.ts";
import { leaf } from "../../src/graph/ops/leaf.ts";
import { optimizerByName, optimizers } from "../../src/optim/index.ts";
import {
  createKernelMemory,
  createOptimizerKernel,
} from "../../src/runtime/kernel/optimizer-kernel.ts";
import { evaluate, Fixture, leafFor, worstDifference } from "./fixture.ts";

interface OptimizerCase {
  readonly name: string;
  readonly kind: string;
  readonly config: Readonly<Record<string, number | boolean>>;
}

const fixture = new Fixture<{ steps: number; cases: OptimizerCase[] }>("optimizers");
const renamed: Readonly<Record<string, string>> = { eps: "epsilon", decay: "alpha" };

function setup(c: OptimizerCase) {
  const rule = optimizerByName(c.kind.toLowerCase());
  const { lr, ...rest } = c.config;
  const known = Object.entries(rest).map(([key, value]) => [renamed[key] ?? key, value]);
  return {
    rule,
    learningRate: lr as number,
    options: rule.schema.parse(Object.fromEntries(known)),
  };
}

describe("optimizer steps equal PyTorch's", () => {
  for (const c of fixture.meta.cases) {
    for (const name of ["weight", "bias"]) {
      test(`${c.name}, ${name}, in graph ops`, () => {
        const { rule, learningRate, options } = setup(c);
        const start = fixture.get(`start/${name}`);
        let parameter = start;
        let slots: NdArray[] = rule.slots.map(() => ({
          shape: start.shape,
          data: new Float64Array(start.data.length),
        }));
        for (let t = 1; t <= fixture.meta.steps; t++) {
          const gradient = fixture.get(`gradients/${t - 1}/${name}`);
          const p = leafFor("p", parameter);
          const g = leafFor("g", gradient);
          const s = slots.map((x, i) => leafFor(`s${i}`, x));
          const rate = leaf("rate", [], { kind: "data" });
          const step = leaf("step", [], { kind: "data" });
          const next = rule.update(
            { parameter: p, gradient: g, slots: s, learningRate: rate, step },
            options,
          );
          const feeds = new Map([
            [p, parameter],
            [g, gradient],
            [rate, { shape: [], data: Float64Array.of(learningRate) }],
            [step, { shape: [], data: Float64Array.of(t) }],
          ]);
          s.forEach((v, i) => {
            feeds.set(v, slots[i] as NdArray);
          });
          const [moved, ...rest] = evaluate([next.parameter, ...next.slots], feeds);
          parameter = moved as NdArray;
          slots = rest;
          const expected = fixture.get(`${c.name}/${t - 1}/${name}`);
          expect(worstDifference(parameter, expected), `step ${t}`).toBeLessThan(1e-9);
        }
      });

      test(`${c.name}, ${name}, by the kernel`, () => {
        const { rule, learningRate, options } = setup(c);
        const start = fixture.get(`start/${name}`);
        const count = start.data.length;
        const stride = Math.ceil((count * 4) / 64) * 64;
        const memory = createKernelMemory(stride * (2 + rule.slots.length));
        const kernel = createOptimizerKernel(memory);
        const view = (i: number) =>
          new Float32Array(memory.buffer as ArrayBuffer, i * stride, count);
        view(0).set(start.data);
        const slots = rule.slots.map((_, i) => (2 + i) * stride);
        for (let t = 1; t <= fixture.meta.steps; t++) {
          view(1).set(fixture.get(`gradients/${t - 1}/${name}`).data);
          const range = { parameter: 0, gradient: stride, slots, count };
          rule.apply(kernel, range, learningRate, t, options);
          const got = { shape: start.shape, data: Float64Array.from(view(0)) };
          const expected = fixture.get(`${c.name}/${t - 1}/${name}`);
          expect(worstDifference(got, expected), `step ${t}`).toBeLessThan(1e-6);
        }
      });
    }
  }

  test("every registered optimizer has cases", () => {
    const covered = new Set(fixture.meta.cases.map((c) => c.kind.toLowerCase()));
    expect(optimizers.map((o) => o.name).filter((n) => !covered.has(n))).toEqual([]);
  });
});
