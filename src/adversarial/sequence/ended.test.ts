import { expect, test } from "vitest";
import { interpret } from "../../graph/interpret.ts";
import type { NdArray } from "../../graph/nd-array.ts";
import { elementCount, type Value } from "../../graph/value.ts";
import { lstmGenerator } from "../../models/index.ts";
import { Variables } from "../../nn/index.ts";
import type { Phase } from "../game.ts";
import { likelihoodGame } from "./likelihood.ts";
import { mediatedPhase } from "./mediator.ts";
import { policyGradientPhase } from "./policy-gradient.ts";

const [length, batch, end] = [4, 2, 1];
const options = { embedding: 2, hidden: 2, deviation: 0.1, dropout: 0 };
const shape = { vocabulary: 3, length, start: 0 };
const generator = lstmGenerator(options, { ...shape, end });

/** Sequences "2 0 end" and "end", time first; what follows an end would change every figure. */
const tokens = [2, 1, 0, 0, 1, 2, 2, 0];

/** Everywhere 1/6, 2/6 and 3/6: all weights are zero but the logits' bias. */
const bias = [0, Math.log(2), Math.log(3)];

function played(variables: Variables, phase: Phase, inputs: Readonly<Record<string, number[]>>) {
  const feeds = new Map<Value, NdArray>();
  for (const v of variables.all.values()) {
    const data = v.name === "generator/out/bias" ? bias : new Array(elementCount(v.shape)).fill(0);
    feeds.set(v.value, { shape: v.shape, data: Float64Array.from(data) });
  }
  for (const [name, data] of Object.entries(inputs)) {
    const value = phase.inputs.get(name) as Value;
    feeds.set(value, { shape: value.shape as number[], data: Float64Array.from(data) });
  }
  const slope = phase.gradients.get("generator/out/bias") as Value;
  const [loss, slopes] = interpret([phase.loss, slope], feeds) as [NdArray, NdArray];
  return { loss: loss.data[0] as number, slopes: [...slopes.data] };
}

const near = (values: readonly number[]) => values.map((v) => expect.closeTo(v, 6));

test("likelihood is the mean over tokens up to the first end, and so is its gradient", () => {
  const game = likelihoodGame(generator, batch, 1e9);
  const { loss, slopes } = played(game.variables, game.plan[0] as Phase, { tokens });
  // Of 2, 0, end and of end: 4 tokens, once 3/6, once 1/6, twice 2/6.
  const nats = Math.log(6 / 3) + Math.log(6) + 2 * Math.log(6 / 2);
  expect(loss).toBeCloseTo(nats / 4, 6);
  expect(slopes).toEqual(near([1 / 6 - 1 / 4, 2 / 6 - 2 / 4, 3 / 6 - 1 / 4]));
});

test("without an end, all tokens count", () => {
  const game = likelihoodGame(lstmGenerator(options, shape), batch, 1e9);
  const { loss } = played(game.variables, game.plan[0] as Phase, { tokens });
  const nats = 3 * Math.log(6) + 2 * Math.log(6 / 2) + 3 * Math.log(6 / 3);
  expect(loss).toBeCloseTo(nats / 8, 6);
});

test("rewards after the end move nothing", () => {
  const variables = new Variables();
  const phase = policyGradientPhase(generator, variables, { batch, clip: 1e9 });
  // Rewarded 1, 2 and 3 for 2, 0, end; 4 for end; 100 for what is no choice.
  const rewards = [1, 4, 2, 100, 3, 100, 100, 100];
  const { loss, slopes } = played(variables, phase, { tokens, rewards });
  const nats = Math.log(6 / 3) + 2 * Math.log(6) + (3 + 4) * Math.log(6 / 2);
  expect(loss).toBeCloseTo(nats / 4, 6);
  expect(slopes).toEqual(near([(10 / 6 - 2) / 4, (20 / 6 - 7) / 4, (30 / 6 - 1) / 4]));
});

test("a mediator is followed by the mean over the places that count", () => {
  const variables = new Variables();
  const phase = mediatedPhase(generator, variables, { batch, clip: 1e9 });
  const { loss } = played(variables, phase, { tokens });
  // The mediator finds all three tokens equally likely, at every place.
  const apart = [1 / 6, 2 / 6, 3 / 6].reduce((sum, p) => sum + p * Math.log(3 * p), 0);
  expect(loss).toBeCloseTo(apart, 6);
});
