import { expect, test } from "vitest";
import { gradients } from "../../graph/gradients.ts";
import { interpret } from "../../graph/interpret.ts";
import * as ops from "../../graph/ops/index.ts";
import { leaf } from "../../graph/ops/leaf.ts";
import { type Divergence, divergences } from "./follower.ts";

const [rows, vocabulary] = [2, 3];
const own = [0.3, -1.2, 2, 0, 0.5, -0.4];
const theirs = [-0.7, 0.1, 1.1, 2.5, -0.2, 0.9];

/** Rows of probabilities. */
function softmax(logits: readonly number[]): number[][] {
  return Array.from({ length: rows }, (_, r) => {
    const row = logits.slice(r * vocabulary, (r + 1) * vocabulary).map(Math.exp);
    const all = row.reduce((a, b) => a + b);
    return row.map((x) => x / all);
  });
}

const kl = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, x, i) => sum + x * Math.log(x / (b[i] as number)), 0);
const middle = (a: readonly number[], b: readonly number[]) =>
  a.map((x, i) => (x + (b[i] as number)) / 2);

const byHand: Readonly<Record<Divergence, (p: number[], m: number[]) => number>> = {
  forward: (p, m) => kl(m, p),
  reverse: (p, m) => kl(p, m),
  jensenShannon: (p, m) => (kl(p, middle(p, m)) + kl(m, middle(p, m))) / 2,
};

function apart(name: Divergence, logits: readonly number[]): number {
  const [p, m] = [softmax(logits), softmax(theirs)];
  return p.reduce((sum, row, r) => sum + byHand[name](row, m[r] as number[]) / rows, 0);
}

test.each(Object.keys(byHand) as Divergence[])(
  "%s and its gradient are those of plain arithmetic",
  (name) => {
    const x = leaf("logits", [rows, vocabulary], { kind: "parameter" });
    const m = ops.constant(theirs, [rows, vocabulary]);
    const value = divergences[name](ops.logSoftmax(x, 1), ops.logSoftmax(m, 1));
    const feeds = new Map([[x, { shape: [rows, vocabulary], data: Float64Array.from(own) }]]);
    const [loss, slope] = interpret([value, ...gradients(value, [x])], feeds);
    expect(loss?.data[0]).toBeCloseTo(apart(name, own), 12);
    const step = 1e-5;
    own.forEach((_, i) => {
      const moved = (by: number) => own.map((v, k) => (k === i ? v + by : v));
      const wanted = (apart(name, moved(step)) - apart(name, moved(-step))) / (2 * step);
      expect(slope?.data[i]).toBeCloseTo(wanted, 8);
    });
  },
);
