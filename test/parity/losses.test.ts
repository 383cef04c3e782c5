import { describe, expect, test } from "vitest";
import { losses } from "../../src/adversarial/index.ts";
import { gradients } from "../../src/graph/gradients.ts";
import type { Value } from "../../src/graph/value.ts";
import { evaluate, Fixture, leafFor, worstDifference } from "./fixture.ts";

interface LossCase {
  readonly name: string;
  readonly values: { readonly d?: number; readonly g?: number };
}

const fixture = new Fixture<{ cases: LossCase[] }>("losses");
/** Fixture's case -> our loss with options; by its own name with defaults where it is not here. */
const special: Readonly<Record<string, { readonly name: string; readonly options?: object }>> = {
  article: { name: "non-saturating", options: { average: true } },
  "label-smoothing-0.9": { name: "non-saturating", options: { smoothing: 0.1 } },
  "relativistic-pairing": { name: "relativistic" },
};
const ours = fixture.meta.cases.flatMap(({ name }) => {
  const { name: lossName, options = {} } = special[name] ?? { name };
  const rule = losses.find((l) => l.name === lossName);
  return rule ? [{ name, rule, options: rule.schema.parse(options) }] : [];
});

describe("losses and their gradients equal PyTorch's", () => {
  const arrays = { real: fixture.get("real"), fake: fixture.get("fake") };
  for (const { name, rule, options } of ours) {
    for (const player of ["d", "g"] as const) {
      const expected = fixture.meta.cases.find((c) => c.name === name)?.values[player];
      if (expected === undefined) continue;
      test(`${name}, ${player}`, () => {
        const real = leafFor("real", arrays.real);
        const fake = leafFor("fake", arrays.fake);
        const play = player === "d" ? rule.discriminator : rule.generator;
        const loss = play({ real, fake }, options);
        const slopes = gradients(loss, [real, fake]);
        const feeds = new Map<Value, typeof arrays.real>([
          [real, arrays.real],
          [fake, arrays.fake],
        ]);
        const [value, ...got] = evaluate([loss, ...slopes], feeds);
        expect(value?.data[0]).toBeCloseTo(expected, 10);
        (["real", "fake"] as const).forEach((side, i) => {
          const key = `${name}/${player}/${side}`;
          const zero = {
            shape: arrays[side].shape,
            data: new Float64Array(arrays[side].data.length),
          };
          const want = fixture.has(key) ? fixture.get(key) : zero;
          expect(worstDifference(got[i] as never, want), key).toBeLessThan(1e-10);
        });
      });
    }
  }

  test("every registered loss has cases here", () => {
    const covered = new Set(ours.map((o) => o.rule.name));
    expect(losses.map((l) => l.name).filter((n) => !covered.has(n))).toEqual([]);
  });
});
