import * as ops from "../../graph/ops/index.ts";
import { leaf } from "../../graph/ops/leaf.ts";
import { elementCount, type Value } from "../../graph/value.ts";
import { projectedCrossEntropy, type Scope, type Variable, Variables } from "../../nn/index.ts";
import type { NamedGraph } from "../../onnx/emit.ts";
import type { Game } from "../game.ts";
import { slopesOf } from "../slopes.ts";
import { clipGradients } from "./clip-gradients.ts";
import { chosenShares } from "./ended.ts";
import { generatorScope, type SequenceGenerator } from "./generator.ts";
import { noiseLeaf } from "./noise-leaf.ts";

/**
 * Maximum likelihood as a game of one player: the mean over a batch of -log p(token | tokens before it),
 * nats a token; what follows a sequence's first end does not count. A generator of noise is given
 * a fresh z for each sequence: the mean over z of -log p(x | z) is never below -log p(x) (Jensen). Input `tokens` i32 [T,N]. Gradients of a common norm above `clip` are scaled down to it.
 */
export function likelihoodGame(generator: SequenceGenerator, batch: number, clip: number): Game {
  const variables = new Variables();
  variables.beginPhase();
  const tokens = tokensLeaf(generator, batch);
  const scope = variables.scope(generatorScope, "train");
  const { noise } = generator;
  const z = noise === undefined ? undefined : scope.noise("z", [batch, noise], "normal");
  const { loss, slope } = likelihoodLoss(generator, scope, tokens, z);
  const phase = {
    name: "mle",
    network: generatorScope,
    loss,
    inputs: new Map([["tokens", tokens], ...variables.noise]),
    gradients: clipGradients(slopesOf(variables, generatorScope, slope), clip),
    assignments: new Map<string, Value>(),
    scalars: new Map<string, Value>(),
  };
  return { variables, plan: [phase], averaged: generatorScope };
}

/**
 * -log p(token | tokens before it) of a network in a scope, the mean over `tokens` i32 [T,N] up to the end of
 * each sequence, as `projectedCrossEntropy` gives it; `z` [N,Z] where the network has noise.
 */
export function likelihoodLoss(
  network: SequenceGenerator,
  scope: Scope,
  tokens: Value,
  z?: Value,
): { readonly loss: Value; readonly slope: Value } {
  const hidden = network.hidden(scope, tokens, z);
  const { weight, bias } = network.projection(scope);
  const shares = chosenShares(network, tokens);
  return projectedCrossEntropy(hidden, weight, bias, flat(tokens), shares);
}

/** Log-probabilities [T*N,V] of the next token after the tokens before each of `tokens` i32 [T,N]. */
export function nextTokens(network: SequenceGenerator, scope: Scope, tokens: Value): Value {
  const { weight, bias } = network.projection(scope);
  const logits = ops.matMul(network.hidden(scope, tokens), weight, { transB: true });
  return ops.logSoftmax(ops.add(logits, bias), 1);
}

/**
 * What a generator thinks of sequences: `tokens` i32 [T,N], `temperature` [], by which logits are
 * divided, the noise `z` [N,Z] where it has one, and its variables by name -> `logProbabilities` [T,N],
 * log p(token | tokens before it). With `never`, given that the token is none of these.
 */
export function likelihoodGraph(
  generator: SequenceGenerator,
  batch: number,
  never: readonly number[] = [],
): { readonly graph: NamedGraph; readonly variables: readonly Variable[] } {
  const variables = new Variables();
  const scope = variables.scope(generatorScope, "eval");
  const tokens = tokensLeaf(generator, batch);
  const z = noiseLeaf(generator, batch);
  const hidden = generator.hidden(scope, tokens, z);
  const { weight, bias } = generator.projection(scope);
  const logits = ops.add(ops.matMul(hidden, weight, { transB: true }), bias);
  const temperature = leaf("temperature", [], { kind: "data" });
  const possible = never.length > 0 ? ops.add(logits, impossible(generator, never)) : logits;
  const likely = ops.pick(ops.logSoftmax(ops.div(possible, temperature), 1), flat(tokens));
  const inputs = new Map([
    ["tokens", tokens],
    ["temperature", temperature],
  ]);
  if (z) inputs.set("z", z);
  for (const v of variables.all.values()) inputs.set(v.name, v.value);
  const outputs = new Map([["logProbabilities", ops.reshape(likely, tokens.shape)]]);
  return {
    graph: { name: "likelihood", inputs, outputs },
    variables: [...variables.all.values()],
  };
}

/** Logits [1,V] that leave a token no probability, at any temperature that is used. */
function impossible({ vocabulary }: SequenceGenerator, never: readonly number[]): Value {
  const logits = Float64Array.from({ length: vocabulary }, (_, i) =>
    never.includes(i) ? -1e9 : 0,
  );
  return ops.constant(logits, [1, vocabulary]);
}

/** Sequences [T,N] that a move reads. */
export function tokensLeaf({ length }: SequenceGenerator, batch: number): Value {
  return leaf("tokens", [length, batch], { kind: "data" }, "i32");
}

/** [T,N] -> [T*N]. */
function flat(tokens: Value): Value {
  return ops.reshape(tokens, [elementCount(tokens.shape)]);
}
