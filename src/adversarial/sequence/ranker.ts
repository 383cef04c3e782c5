import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import type { Scope } from "../../nn/scope.ts";

/** A judge that compares sequences with others, by the directions of their features. */
export interface SequenceRanker {
  /** Tokens i32 [T,N] -> features [N,F]. */
  features(s: Scope, tokens: Value): Value;
}

/** What sequences are ranked by and against. */
export interface Standard {
  /** Directions of the references U, [U,F]. */
  readonly references: Value;
  /** Of each reference, the sum over the comparison set of exp(gamma cosine), [1,U]. */
  readonly crowd: Value;
}

/** Added to squared norms: features may all be 0. */
const leastSquare = 1e-12;

/** Features [N,F], each divided by its norm. */
export function directionsOf(features: Value): Value {
  const squares = ops.reduceSum(ops.mul(features, features), [1], true);
  return ops.div(features, ops.sqrt(ops.add(squares, ops.scalar(leastSquare))));
}

/** References and a comparison set, as directions [U,F] and [C,F]; gamma sharpens the softmax. */
export function standardOf(references: Value, comparison: Value, gamma: number): Standard {
  const crowd = ops.reduceSum(closeness(comparison, references, gamma), [0], true);
  return { references, crowd };
}

/**
 * RankGAN's relative rank scores (arXiv 1705.11001): the share of each of N sequences, directions [N,F],
 * in the comparison set C and itself, of the softmax of gamma times the cosine with a reference u, on
 * average over references: log R [N], R = mean_u e_u / (e_u + crowd_u), e_u = exp(gamma cos(s, u)). One
 * that is like all others has R = 1 / (C + 1).
 */
export function logRanks(ranked: Value, { references, crowd }: Standard, gamma: number): Value {
  const close = closeness(ranked, references, gamma);
  return ops.log(ops.reduceMean(ops.div(close, ops.add(close, crowd)), [1]));
}

/** exp(gamma cosine) of directions [N,F] and [U,F]: [N,U]. */
function closeness(a: Value, b: Value, gamma: number): Value {
  return ops.exp(ops.mul(ops.matMul(a, b, { transB: true }), ops.scalar(gamma)));
}
