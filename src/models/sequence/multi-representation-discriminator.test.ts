import { expect, test } from "vitest";
import { filled } from "../../../test/support/sequence-networks.ts";
import { gradients } from "../../graph/gradients.ts";
import { interpret } from "../../graph/interpret.ts";
import type { NdArray } from "../../graph/nd-array.ts";
import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import { Variables } from "../../nn/index.ts";
import { Random } from "../../util/random.ts";
import {
  multiRepresentationDiscriminator,
  multiRepresentationSchema,
} from "./multi-representation-discriminator.ts";

const [length, vocabulary, representations, batch] = [4, 7, 8, 160];
const judge = multiRepresentationDiscriminator(
  multiRepresentationSchema.parse({
    ...{ embedding: representations, representations, features: 3, dropout: 0 },
    convolutions: [{ width: 2, filters: 3 }],
  }),
  { vocabulary, length },
);

/** The scores of all sequences, judged `together` at a time, and their gradients for all weights. */
function judged(tokens: Int32Array, together: number): readonly NdArray[] {
  const variables = new Variables();
  const s = variables.scope("d");
  const real = ops.leaf("real", [length, batch], { kind: "data" }, "i32");
  const scores: Value[] = [];
  for (let at = 0; at < batch; at += together) {
    scores.push(judge.scores(s, judge.embed(s, ops.slice(real, 1, at, at + together))));
  }
  const all = ops.concat(scores, 0);
  const weights = [...variables.all.values()];
  const slopes = gradients(
    ops.reduceSum(ops.sin(all)),
    weights.map((v) => v.value),
  );
  const feeds = new Map(
    weights.map((v) => [v.value, { shape: v.shape, data: Float64Array.from(filled(v)) }] as const),
  );
  const read = { shape: [length, batch], data: Float64Array.from(tokens) };
  return interpret([all, ...slopes], new Map([...feeds, [real, read]]));
}

test("a sequence's scores and gradients do not depend on how many are judged with it", () => {
  const random = new Random(1, "tokens");
  const tokens = Int32Array.from({ length: length * batch }, () => random.below(vocabulary));
  // All at once are more than are judged at a time.
  const [whole, apart] = [judged(tokens, batch), judged(tokens, batch / 5)];
  expect(new Set(whole[0]?.data).size).toBeGreaterThan(batch);
  whole.forEach((array, i) => {
    const other = apart[i] as NdArray;
    expect(array.shape).toEqual(other.shape);
    array.data.forEach((x, k) => {
      expect(Math.abs(x - (other.data[k] as number))).toBeLessThan(1e-9);
    });
  });
});
