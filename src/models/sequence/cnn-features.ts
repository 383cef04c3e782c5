import { z } from "zod";
import * as ops from "../../graph/ops/index.ts";
import { staticDim, type Value } from "../../graph/value.ts";
import {
  dropout,
  embedding,
  highway,
  type Initializer,
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

/** What reads sequences, and ends of their beginnings. */
export interface CnnFeatures {
  /** Tokens i32 [T,N] -> [N,F]. */
  of(s: Scope, tokens: Value): Value;
  /**
   * The same of sequences and of ends of their beginnings, see `SequenceDiscriminator.judgeEnds`: [N+(T-1)M,F].
   * Windows inside of a beginning are seen once, and not again in each of its ends.
   */
  ofEnds(s: Scope, sequences: Value, ends: Value): Value;
}

/**
 * What convolutions see in a sequence (SeqGAN's discriminator, arXiv 1609.05473, appendix): convolutions of
 * many widths over the tokens' vectors, the maximum of each filter over time (arXiv 1408.5882), one highway
 * layer, dropout; a width's filters are `conv<width>/weight` [filters, width E].
 * Throws a usage error where every width is larger than the sequence.
 * Differs: normal initial weights, not cut at two deviations.
 */
export function cnnFeatures(
  { embedding: size, convolutions, dropout: rate }: CnnFeaturesOptions,
  { vocabulary, length }: Pick<SequenceShape, "vocabulary" | "length">,
): CnnFeatures {
  const fitting = convolutions.filter(({ width }) => width <= length);
  if (fitting.length === 0) {
    throw usageError(`convolutions are wider than a sequence of ${length} tokens.`);
  }
  const embed = (s: Scope, tokens: Value) =>
    embedding(s.at("embedding"), tokens, vocabulary, size, uniform(1));
  const join = (s: Scope, features: readonly Value[]) =>
    dropout(s, highway(s.at("highway"), ops.concat(features, 1)), rate);
  return {
    of: (s, tokens) => {
      const vectors = embed(s, tokens);
      const features = fitting.map(({ width, filters }) => {
        const windows = windowsOf(vectors, width);
        const at = s.at(`conv${width}`);
        return shown(at, ops.reduceMax(responses(at, windows, filters), [0]));
      });
      return join(s, features);
    },
    ofEnds: (s, sequences, ends) => {
      const features = fitting.map(({ width, filters }) => {
        const at = s.at(`conv${width}`);
        const most = mostOfEnds(sequences, ends, width, (windows) =>
          responses(at, merged(embed(s, windows)), filters),
        );
        return shown(at, most);
      });
      const all = ops.concat(features, 1);
      const count = staticDim(all, 0);
      const parts: Value[] = [];
      for (let at = 0; at < count; at += together) {
        parts.push(join(s, [ops.slice(all, 0, at, Math.min(count, at + together))]));
      }
      return ops.concat(parts, 0);
    },
  };
}

/** Rows of features whose products with a weight are made at a time: they stay in the cache. */
const together = 256;

const tenth: Initializer = (out) => void out.fill(0.1);
/** SeqGAN's initial weights and biases. */
export const cnnInitial = { init: normal(0.1), biasInit: tenth };

/** Vectors [T,N,E] -> all windows of a width [T-width+1,N,width E]. */
function windowsOf(vectors: Value, width: number): Value {
  const places = staticDim(vectors, 0) - width + 1;
  const shifted = Array.from({ length: width }, (_, k) => ops.slice(vectors, 0, k, k + places));
  return ops.concat(shifted, 2);
}

/** Windows [A,B,I] -> responses [A,B,filters]. */
function responses(s: Scope, windows: Value, filters: number): Value {
  return s.build(() => {
    const [a, b, inputs] = [0, 1, 2].map((axis) => staticDim(windows, axis)) as Triple;
    const weight = s.parameter("weight", [filters, inputs], cnnInitial.init);
    const flat = ops.reshape(windows, [a * b, inputs]);
    const found = ops.matMul(flat, weight, { transB: true });
    return ops.reshape(found, [a, b, filters]);
  });
}

/** The relu of what a filter's largest responses [N,filters] are with its bias, which keep their order. */
function shown(s: Scope, most: Value): Value {
  return s.build(() => {
    const filters = staticDim(most, 1);
    return ops.relu(ops.add(most, s.parameter("bias", [filters], cnnInitial.biasInit)));
  });
}

/**
 * The largest responses [N+(T-1)M,filters] of sequences i32 [T,N] and of ends i32 [T-1,M,T] to windows
 * [rows,places,width], of which `look` says [rows,places,filters]: of an end only those are looked at that
 * reach into what was drawn.
 */
function mostOfEnds(
  sequences: Value,
  ends: Value,
  width: number,
  look: (windows: Value) => Value,
): Value {
  const [beginnings, rows, length] = [0, 1, 2].map((axis) => staticDim(ends, axis)) as Triple;
  const batch = staticDim(sequences, 1);
  const places = length - width + 1;
  const flat = (tokens: Value, count: number) => ops.reshape(tokens, [count]);
  const whole = flat(ops.transpose(sequences), batch * length);
  const tokens = flat(ends, beginnings * rows * length);
  const windows = (from: Value, at: WindowPlaces) => look(ops.gatherRows(from, windowPlaces(at)));
  const shape = { length, places, width };
  const own = windows(whole, { ...shape, from: 0, rows: batch, first: 0 });
  const found = [ops.reduceMax(own, [1])];
  let inside: Value | undefined;
  for (let p = 1; p < length; p++) {
    const first = Math.max(0, p - width + 1);
    const reaching = windows(tokens, { ...shape, from: (p - 1) * rows * length, rows, first });
    let most = ops.reduceMax(reaching, [1]);
    if (first > 0) {
      // The last window inside of this beginning; those before it were inside of the one before.
      const last = ops.reshape(ops.slice(own, 1, first - 1, first), [batch, staticDim(own, 2)]);
      inside = inside ? ops.maximum(inside, last) : last;
      const shared = Array.from({ length: rows / batch }, () => inside as Value);
      most = ops.maximum(most, ops.concat(shared, 0));
    }
    found.push(most);
  }
  return ops.concat(found, 0);
}

interface WindowPlaces {
  /** Where the first row begins, of `rows` rows of `length` tokens. */
  readonly from: number;
  readonly rows: number;
  readonly length: number;
  /** The first of the places that are wanted of all. */
  readonly first: number;
  readonly places: number;
  readonly width: number;
}

/** Where the tokens of windows stand, [rows,places-first,width]. */
function windowPlaces({ from, rows, length, first, places, width }: WindowPlaces): Value {
  const shape = [rows, places - first, width] as const;
  const at = Int32Array.from({ length: rows * (places - first) * width }, (_, i) => {
    const window = Math.floor(i / width);
    const row = Math.floor(window / (places - first));
    return from + row * length + first + (window % (places - first)) + (i % width);
  });
  return ops.constant(at, shape);
}

/** [rows,places,width,E] -> [rows,places,width E]. */
function merged(vectors: Value): Value {
  const [rows, places, width, size] = vectors.shape as readonly [number, number, number, number];
  return ops.reshape(vectors, [rows, places, width * size]);
}

type Triple = [number, number, number];
