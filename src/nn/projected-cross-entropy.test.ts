import { expect, test } from "vitest";
import { gradients } from "../graph/gradients.ts";
import { interpret } from "../graph/interpret.ts";
import * as ops from "../graph/ops/index.ts";
import { leaf } from "../graph/ops/leaf.ts";
import { Random } from "../util/random.ts";
import { projectedCrossEntropy } from "./index.ts";

test.each(["mean", "shares"])(
  "value and gradients are those of log softmax, for the %s of the rows",
  (kind) => {
    const [rows, width, vocabulary] = [5, 3, 7];
    const random = new Random(1, "cross entropy");
    const draw = (shape: readonly number[]) => {
      const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
      random.fillNormal(data);
      return { shape, data };
    };
    const input = (name: string, shape: readonly number[]) =>
      leaf(name, shape, { kind: "parameter" });
    const hidden = input("hidden", [rows, width]);
    const weight = input("weight", [vocabulary, width]);
    const bias = input("bias", [vocabulary]);
    const targets = leaf("targets", [rows], { kind: "data" }, "i32");
    const feeds = new Map([
      [hidden, draw([rows, width])],
      [weight, draw([vocabulary, width])],
      [bias, draw([vocabulary])],
      [targets, { shape: [rows], data: Float64Array.of(6, 0, 3, 3, 1) }],
    ]);
    const logits = ops.add(ops.matMul(hidden, weight, { transB: true }), bias);
    const likely = ops.pick(ops.logSoftmax(logits, 1), targets);
    const shares = ops.constant([0.5, -1, 0, 2, 0.25], [rows]);
    const [given, sum] =
      kind === "mean"
        ? [undefined, ops.reduceMean(likely)]
        : [shares, ops.reduceSum(ops.mul(likely, shares))];
    const plain = ops.neg(sum);
    const { loss, slope } = projectedCrossEntropy(hidden, weight, bias, targets, given);
    const sources = [hidden, weight, bias];
    const ours = interpret([loss, ...gradients(slope, sources)], feeds);
    const wanted = interpret([plain, ...gradients(plain, sources)], feeds);
    ours.forEach(({ data }, i) => {
      data.forEach((x, k) => {
        expect(x).toBeCloseTo(wanted[i]?.data[k] as number, 12);
      });
    });
  },
);
