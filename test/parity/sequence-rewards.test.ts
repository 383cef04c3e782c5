import { expect, test } from "vitest";
import {
  criticGraph,
  discountedAdvantages,
  discriminatorPhase,
  type Phase,
  policyGradientPhase,
  rankerPhase,
  rankGraph,
  type SequenceGenerator,
  standardGraph,
} from "../../src/adversarial/index.ts";
import { chosenTokens } from "../../src/adversarial/sequence/ended.ts";
import type { NdArray } from "../../src/graph/nd-array.ts";
import type { Value } from "../../src/graph/value.ts";
import { cnnRanker, lstmDiscriminator, lstmGenerator } from "../../src/models/index.ts";
import { Variables } from "../../src/nn/index.ts";
import type { NamedGraph } from "../../src/onnx/emit.ts";
import { evaluate, Fixture, leafFor, worstDifference } from "./fixture.ts";

interface Meta {
  readonly shape: Record<"vocabulary" | "length" | "batch" | "end", number>;
  readonly discriminator: Record<"embedding" | "hidden" | "l2", number>;
  readonly policy: Record<"embedding" | "hidden" | "discount" | "baselineDecay", number>;
  readonly ranker: Record<"embedding" | "references" | "gamma", number> & {
    readonly convolutions: { readonly width: number; readonly filters: number }[];
  };
  readonly names: Readonly<Record<string, readonly string[]>>;
}

const fixture = new Fixture<Meta>("sequence-rewards");
const { shape, names, ...options } = fixture.meta;
const { vocabulary, length, batch, end } = shape;
const discriminator = lstmDiscriminator({ ...options.discriminator, dropout: 0 }, shape);
const ranker = cnnRanker({ ...options.ranker, dropout: 0 }, shape);

const expectEqual = (got: NdArray | undefined, name: string) =>
  expect(worstDifference(got as NdArray, fixture.get(name)), name).toBeLessThan(1e-8);

/** What inputs and a network's parameters of a case hold. */
function feedsOf(
  name: string,
  network: string,
  inputs: ReadonlyMap<string, Value>,
  variables: Variables,
): Map<Value, NdArray> {
  const feeds = new Map<Value, NdArray>();
  for (const [key, value] of inputs) feeds.set(value, fixture.get(`${name}/${key}`));
  for (const key of names[name] ?? []) {
    const { value } = variables.all.get(`${network}/${key}`) as { value: Value };
    feeds.set(value, fixture.get(`${name}/params/${key}`));
  }
  return feeds;
}

/** Loss, scalars, assigned states and all gradients of a move are PyTorch's. */
function expectMove(
  name: string,
  phase: Phase,
  variables: Variables,
  states: Readonly<Record<string, { readonly old: string; readonly next: string }>> = {},
): void {
  const feeds = feedsOf(name, phase.network, phase.inputs, variables);
  const outputs = new Map<string, Value>([["loss", phase.loss], ...phase.scalars]);
  for (const [state, { old, next }] of Object.entries(states)) {
    feeds.set((variables.all.get(state) as { value: Value }).value, fixture.get(`${name}/${old}`));
    outputs.set(next, phase.assignments.get(state) as Value);
  }
  expect(phase.assignments.size).toBe(Object.keys(states).length);
  expect(phase.gradients.size).toBe(names[name]?.length);
  for (const key of names[name] ?? []) {
    outputs.set(`gradients/${key}`, phase.gradients.get(`${phase.network}/${key}`) as Value);
  }
  const got = evaluate([...outputs.values()], feeds);
  [...outputs.keys()].forEach((key, i) => {
    expectEqual(got[i], `${name}/${key}`);
  });
}

/** An output of a network as it is used. */
function used(
  { graph }: { readonly graph: NamedGraph },
  output: string,
  feeds: Readonly<Record<string, NdArray>>,
): NdArray {
  const fed = [...graph.inputs].map(([key, value]): [Value, NdArray] => {
    const [network, ...rest] = key.split("/");
    const param = network === "discriminator" ? rest.join("/") : undefined;
    const given = param ? feeds[`params/${param}`] : feeds[key];
    return [value, given as NdArray];
  });
  return evaluate([graph.outputs.get(output) as Value], new Map(fed))[0] as NdArray;
}

function params(name: string): Record<string, NdArray> {
  const all = (names[name] ?? []).map((key) => `params/${key}`);
  return Object.fromEntries(all.map((key) => [key, fixture.get(`${name}/${key}`)]));
}

test("ScratchGAN's discriminator: a logit a step, the loss over steps, and its gradients", () => {
  const variables = new Variables();
  const { l2 } = options.discriminator;
  const phase = discriminatorPhase(discriminator, variables, {
    ...{ length, batch, l2, decayed: "all" },
  });
  expectMove("discriminator", phase, variables);
  const critic = criticGraph(discriminator, { length, batch });
  const tokens = fixture.get("discriminator/real");
  const logits = used(critic, "logits", { tokens, ...params("discriminator") });
  expect(critic.judgements).toBe(length);
  expectEqual(logits, "discriminator/logits");
});

test.each([
  ["policy", {}],
  ["ended", { end }],
])("ScratchGAN's generator, %s: returns, their moving average, and the gradients", (name, ends) => {
  const { discount, baselineDecay, ...network } = options.policy;
  const generator: SequenceGenerator = lstmGenerator(
    { ...network, deviation: 1, dropout: 0 },
    { vocabulary, length, start: 0, ...ends },
  );
  const variables = new Variables();
  const phase = policyGradientPhase(generator, variables, {
    ...{ batch, clip: 1e6 },
    advantages: (s, rewards, chosen) =>
      discountedAdvantages(s, rewards, chosen, { discount, baselineDecay }),
  });
  const states = { "policy/baseline": { old: "old", next: "baseline" } };
  expectMove(name, phase, variables, states);

  const rewards = leafFor("rewards", fixture.get(`${name}/rewards`));
  const tokens = leafFor("tokens", fixture.get(`${name}/tokens`), "i32");
  const chosen = chosenTokens(generator, tokens);
  const alone = new Variables();
  const advantages = discountedAdvantages(alone.scope("policy"), rewards, chosen, {
    ...{ discount, baselineDecay },
  });
  const old = alone.all.get("policy/baseline") as { value: Value };
  const feeds = new Map([
    [rewards, fixture.get(`${name}/rewards`)],
    [tokens, fixture.get(`${name}/tokens`)],
    [old.value, fixture.get(`${name}/old`)],
  ]);
  expectEqual(evaluate([advantages], feeds)[0], `${name}/advantages`);
});

test("RankGAN's ranker: its loss and gradients, and how sequences rank", () => {
  const variables = new Variables();
  const { references, gamma } = options.ranker;
  const sizes = { length, batch, references, gamma };
  expectMove("ranker", rankerPhase(ranker, variables, sizes), variables);
  const standard = standardGraph(ranker, length, { references, comparison: batch, gamma });
  const ranks = rankGraph(ranker, length, sizes);
  for (const [own, others] of [
    ["real", "fake"],
    ["fake", "real"],
  ]) {
    const against = {
      references: fixture.get("ranker/references"),
      comparison: fixture.get(`ranker/${others}`),
      ...params("ranker"),
    };
    const [directions, crowd] = ["directions", "crowd"].map((o) => used(standard, o, against)) as [
      NdArray,
      NdArray,
    ];
    const tokens = fixture.get(`ranker/${own}`);
    const got = used(ranks, "logRanks", { tokens, directions, crowd, ...params("ranker") });
    expectEqual(got, `ranker/${own}Ranks`);
  }
});
