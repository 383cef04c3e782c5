import { expect, test } from "vitest";
import { leafRole } from "../graph/ops/leaf.ts";
import { mixtureMlp } from "../models/mixture-mlp.ts";
import { dropout } from "../nn/index.ts";
import { buildGame, nonSaturating, type Phase, type Players, r1, wasserstein } from "./index.ts";

const common = {
  model: mixtureMlp,
  sample: [2],
  batch: 6,
  regularizers: [],
  discriminatorSteps: 1,
  generatorSteps: 1,
} as const;
const loss = { rule: nonSaturating, options: nonSaturating.schema.parse({}) };

test("packing joins samples in front of the discriminator", () => {
  const { variables } = buildGame({ ...common, loss, pack: 3 });
  expect(variables.all.get("discriminator/fc0/weight")?.shape).toEqual([1000, 6]);
  expect(variables.all.get("generator/out/weight")?.shape).toEqual([2, 400]);
});

test("a pack that does not divide the batch is refused", () => {
  expect(() => buildGame({ ...common, loss, pack: 4 })).toThrow(
    "divide the batch of 6, received 4",
  );
});

test("a penalty's weight may follow a schedule, fed by the thousands of images seen", () => {
  const gamma = { from: 1, to: 0.5, over: 10 };
  const regularizers = [{ rule: r1, options: r1.schema.parse({ gamma }) }];
  const { plan } = buildGame({ ...common, loss, regularizers });
  const input = plan[0]?.inputs.get("regularizer/r1/gamma");
  const role = input && leafRole(input);
  expect(role?.kind === "schedule" && [0, 5, 10, 99].map(role.at)).toEqual([1, 0.75, 0.5, 0.5]);
  expect(() => r1.schema.parse({ gamma: { from: 1, to: -1, over: 3 } })).toThrow("0 or above");
});

test("clipping is the discriminator's alone", () => {
  const rule = wasserstein;
  const game = buildGame({ ...common, loss: { rule, options: rule.schema.parse({}) } });
  expect(game.plan.map((phase) => phase.clip)).toEqual([0.01, 0]);
});

test("the generator's move lists the random numbers that made its fakes", () => {
  const model: Players = {
    ...mixtureMlp,
    generator: (s, z) => dropout(s.at("drop"), mixtureMlp.generator(s, z), 0.5),
  };
  const { plan } = buildGame({ ...common, loss, model, generatorSteps: 2 });
  const [d, g, again] = plan as [Phase, Phase, Phase];
  const drawn = (phase: Phase) => [...phase.inputs.keys()].filter((name) => name.includes("drop"));
  const [name] = drawn(d) as [string];
  expect(drawn(g)).toEqual([name]);
  expect(g.inputs.get(name)).toBe(d.inputs.get(name));
  expect(again.inputs.get(name)).not.toBe(d.inputs.get(name));
});
