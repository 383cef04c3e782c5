import { expect, test } from "vitest";
import { checkConfig, recipeByName } from "../recipes/index.ts";
import { intervene } from "./guard.ts";
import type { Finding } from "./illness.ts";

const config = checkConfig({ recipe: "mlp", ...recipeByName("mlp").config });
const finding: Finding = {
  illness: "divergence",
  step: 90,
  since: 60,
  sentence: "",
  settings: [],
};

test("goes back to the last checkpoint before the first sign, or to the beginning", () => {
  expect(intervene(finding, config, [20, 40, 60, 80], [])).toMatchObject({
    illness: "divergence",
    step: 40,
    settings: [
      "optimizer.discriminator.learningRate=0.00002",
      "optimizer.generator.learningRate=0.00002",
    ],
  });
  expect(intervene(finding, config, [60, 80], [])).toMatchObject({ step: 0 });
});

test("an illness that comes back is treated from the beginning, more strongly", () => {
  const earlier = [{ illness: "divergence", step: 20, settings: [] }];
  expect(intervene(finding, config, [20, 40], earlier)).toMatchObject({
    step: 0,
    settings: [
      "optimizer.discriminator.learningRate=0.000005",
      "optimizer.generator.learningRate=0.000005",
    ],
  });
  const other = [{ illness: "collapse", step: 20, settings: [] }];
  expect(intervene(finding, config, [20, 40], other)).toMatchObject({ step: 40 });
});

test("after three interventions the run is left alone", () => {
  const earlier = [1, 2, 3].map((step) => ({ illness: "collapse", step, settings: [] }));
  expect(intervene(finding, config, [], earlier)).toEqual({
    refused: expect.stringContaining("3 times"),
  });
});
