import { z } from "zod";
import type { SoftSequenceDiscriminator } from "../../adversarial/sequence/discriminator.ts";
import * as ops from "../../graph/ops/index.ts";
import { staticDim, type Value } from "../../graph/value.ts";
import { dropout, heNormal, highway, linear, normal, type Scope, zeros } from "../../nn/index.ts";
import { usageError } from "../../util/errors.ts";
import { convolutionsSchema } from "./cnn-features.ts";
import type { SequenceDiscriminatorDefinition, SequenceShape } from "./definition.ts";

export const multiRepresentationSchema = z
  .strictObject({
    /** Numbers of a token's vector, of all representations together. */
    embedding: z.int().min(1).max(4096).default(64),
    /** Parts of the vector that are judged each by itself; a divisor of `embedding`. */
    representations: z.int().min(1).max(4096).default(64),
    convolutions: convolutionsSchema.default(
      [2, 3, 4, 5].map((width) => ({ width, filters: 300 })),
    ),
    /** Numbers of the layer before the logit. */
    features: z.int().min(1).max(4096).default(100),
    /** Share of the filters' numbers that a training step leaves out. */
    dropout: z.number().min(0).max(0.95).default(0.25),
  })
  .refine(({ embedding, representations }) => embedding % representations === 0, {
    message: "not a multiple of representations",
    path: ["embedding"],
  });

export type MultiRepresentationOptions = z.infer<typeof multiRepresentationSchema>;

/**
 * RelGAN's discriminator (Nie, Narodytska and Patel, ICLR 2019): a token has S small vectors, and each
 * of the S sequences of them is judged by itself by the same network: convolutions of several widths,
 * the maximum of each filter over time, a highway layer, dropout, a layer, a logit. The embedding is
 * linear, so that it takes distributions over tokens. A width's filters are `conv<width>/weight`
 * [filters, width E/S]; `judge` is the mean of the S logits. Throws a usage error where every width is
 * larger than the sequence.
 * Differs: normal initial weights, not cut at two deviations.
 */
export function multiRepresentationDiscriminator(
  { embedding: size, representations, convolutions, features, dropout: rate }: Options,
  { vocabulary, length }: Pick<SequenceShape, "vocabulary" | "length">,
): SoftSequenceDiscriminator {
  const fitting = convolutions.filter(({ width }) => width <= length);
  if (fitting.length === 0) {
    throw usageError(`convolutions are wider than a sequence of ${length} tokens.`);
  }
  const embed = (s: Scope, tokens: Value) => {
    const at = s.at("embedding");
    const weight = at.parameter("weight", [vocabulary, size], normal(vocabulary ** -0.5));
    if (tokens.dtype === "i32") return ops.gatherRows(weight, tokens);
    const [steps, rows] = tokens.shape as readonly [number, number];
    const flat = ops.reshape(tokens, [steps * rows, vocabulary]);
    return ops.reshape(ops.matMul(flat, weight), [steps, rows, size]);
  };
  const scores = (s: Scope, vectors: Value) => {
    const [steps, rows] = vectors.shape as readonly [number, number];
    // [E/S, T, N S]: a window's numbers then are rows, and all windows of a width one after another.
    const judged = rows * representations;
    const apart = ops.reshape(vectors, [steps * judged, size / representations]);
    const series = ops.reshape(ops.transpose(apart), [size / representations, steps, judged]);
    const parts: Value[] = [];
    for (let at = 0; at < judged; at += together) {
      parts.push(score(s, ops.slice(series, 2, at, Math.min(judged, at + together))));
    }
    return ops.reshape(ops.concat(parts, 0), [rows, representations]);
  };
  const score = (s: Scope, series: Value) => {
    const pooled = fitting.map(({ width, filters }) =>
      convolution(s.at(`conv${width}`), series, width, filters),
    );
    const passing = { carry: 0, bias: false, init: heNormal(1) };
    const mixed = highway(s.at("highway"), ops.concat(pooled, 1), passing);
    const initial = { init: heNormal(1), biasInit: zeros };
    const read = linear(s.at("features"), dropout(s, mixed, rate), features, initial);
    return linear(s.at("out"), read, 1, initial);
  };
  return {
    embed,
    scores,
    judge: (s, tokens) => ops.transpose(ops.reduceMean(scores(s, embed(s, tokens)), [1], true)),
  };
}

/** Sequences of small vectors that are judged at a time: what each layer makes of them stays in the cache. */
const together = 512;

type Options = MultiRepresentationOptions;

export const multiRepresentation: SequenceDiscriminatorDefinition<MultiRepresentationOptions> = {
  name: "multi-representation",
  summary: "RelGAN's discriminator: many small embeddings, each judged by the same convolutions",
  schema: multiRepresentationSchema,
  build: multiRepresentationDiscriminator,
};

/** Series [C,T,R] -> relu of each filter's largest response [R,filters]. */
function convolution(s: Scope, series: Value, width: number, filters: number): Value {
  return s.build(() => {
    const [channels, steps, rows] = [0, 1, 2].map((axis) => staticDim(series, axis)) as Triple;
    const places = steps - width + 1;
    const shifted = Array.from({ length: width }, (_, k) => ops.slice(series, 1, k, k + places));
    const taps = width * channels;
    const windows = ops.reshape(ops.concat(shifted, 0), [taps, places * rows]);
    const weight = s.parameter("weight", [filters, taps], heNormal());
    const responses = ops.matMul(windows, weight, { transA: true, transB: true });
    // Bias and relu keep the order of responses: after the maximum they are work for one place only.
    const most = ops.reduceMax(ops.reshape(responses, [places, rows, filters]), [0]);
    return ops.relu(ops.add(most, s.parameter("bias", [filters], zeros)));
  });
}

type Triple = [number, number, number];
