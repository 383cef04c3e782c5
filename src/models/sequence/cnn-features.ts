import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import { staticDim, type Value } from "../../graph/value.ts";
import {
  dropout,
  embedding,
  highway,
  type Initializer,
  maxOverTime,
  normal,
  type Scope,
  uniform,
} from "../../nn/index.ts";
import { usageError } from "../../util/errors.ts";
import type { SequenceShape } from "./definition.ts";

/** SeqGAN's numbers of filters, by width. */
const seqganFilters: Readonly<Record<string, number>> = {
  ...{ 1: 100, 2: 200, 3: 200, 4: 200, 5: 200, 6: 100 },
  ...{ 7: 100, 8: 100, 9: 100, 10: 100, 15: 160, 20: 160 },
};

/** Tokens that a filter sees, and how many such filters; wider ones than the sequence are left out. */
export const convolutionsSchema = z
  .array(z.strictObject({ width: z.int().min(1).max(1024), filters: z.int().min(1).max(4096) }))
  .min(1)
  .refine((all) => new Set(all.map((c) => c.width)).size === all.length, "a width stands twice");

export const cnnFeaturesSchema = z.strictObject({
  embedding: z.int().min(1).max(4096).default(64),
  convolutions: convolutionsSchema.default(
    Object.entries(seqganFilters).map(([width, filters]) => ({ width: Number(width), filters })),
  ),
  /** Share of the features that a training step leaves out. */
  dropout: z.number().min(0).max(0.95).default(0.25),
});

export type CnnFeaturesOptions = z.infer<typeof cnnFeaturesSchema>;

/**
 * What convolutions see in a sequence (SeqGAN's discriminator, arXiv 1609.05473, appendix): convolutions of
 * many widths over the tokens' vectors, the maximum of each filter over time (arXiv 1408.5882), one highway
 * layer, dropout: tokens i32 [T,N] -> [N,F]; a width's filters are `conv<width>/weight` [filters, width E].
 * Throws a usage error where every width is larger than the sequence.
 * Differs: normal initial weights, not cut at two deviations.
 */
export function cnnFeatures(
  { embedding: size, convolutions, dropout: rate }: CnnFeaturesOptions,
  { vocabulary, length }: Pick<SequenceShape, "vocabulary" | "length">,
): (s: Scope, tokens: Value) => Value {
  const fitting = convolutions.filter(({ width }) => width <= length);
  if (fitting.length === 0) {
    throw usageError(`convolutions are wider than a sequence of ${length} tokens.`);
  }
  return (s, tokens) => {
    const vectors = embedding(s.at("embedding"), tokens, vocabulary, size, uniform(1));
    const features = fitting.map(({ width, filters }) =>
      convolution(s.at(`conv${width}`), vectors, width, filters),
    );
    return dropout(s, highway(s.at("highway"), ops.concat(features, 1)), rate);
  };
}

const tenth: Initializer = (out) => void out.fill(0.1);
/** SeqGAN's initial weights and biases. */
export const cnnInitial = { init: normal(0.1), biasInit: tenth };

/** Vectors [T,N,E] -> relu of each filter's largest response [N,filters]. */
function convolution(s: Scope, vectors: Value, width: number, filters: number): Value {
  return s.build(() => {
    const [length, rows, size] = [0, 1, 2].map((axis) => staticDim(vectors, axis)) as Triple;
    const places = length - width + 1;
    const shifted = Array.from({ length: width }, (_, k) => ops.slice(vectors, 0, k, k + places));
    const windows = ops.reshape(ops.concat(shifted, 2), [places * rows, width * size]);
    const weight = s.parameter("weight", [filters, width * size], cnnInitial.init);
    const responses = ops.matMul(windows, weight, { transB: true });
    // Bias and relu keep the order of responses: after the maximum they are work for one place only.
    const most = maxOverTime(ops.reshape(responses, [places, rows, filters]));
    return ops.relu(ops.add(most, s.parameter("bias", [filters], cnnInitial.biasInit)));
  });
}

type Triple = [number, number, number];
