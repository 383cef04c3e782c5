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
        // A graph without a gradient counts no equal maxima.
        const top = s.mode === "train" ? maxOverTime : highest;
        const at = s.at(`conv${width}`);
        return shown(at, top(responses(at, windows, filters)));
      });
      return join(s, features);
    },
    ofEnds: (s, sequences, ends) => {
      const vectors = embed(s, sequences);
      const drawn = (windows: Value) => embed(s, windows);
      const features = fitting.map(({ width, filters }) => {
        const at = s.at(`conv${width}`);
        const own = responses(at, windowsOf(vectors, width), filters);
        const most = mostOfEnds(own, ends, width, (windows) =>
          responses(at, merged(drawn(windows)), filters),
        );
        return shown(at, most);
      });
      return join(s, features);
    },
  };
}

const tenth: Initializer = (out) => void out.fill(0.1);
/** SeqGAN's initial weights and biases. */
export const cnnInitial = { init: normal(0.1), biasInit: tenth };

/** Vectors [T,N,E] -> all windows of a width [T-width+1,N,width E]. */
function windowsOf(vectors: Value, width: number): Value {
  const places = staticDim(vectors, 0) - width + 1;
  const shifted = Array.from({ length: width }, (_, k) => ops.slice(vectors, 0, k, k + places));
  return ops.concat(shifted, 2);
}

/** Windows [places,N,I] -> responses [places,N,filters]. */
function responses(s: Scope, windows: Value, filters: number): Value {
  return s.build(() => {
    const [places, rows, inputs] = [0, 1, 2].map((axis) => staticDim(windows, axis)) as Triple;
    const weight = s.parameter("weight", [filters, inputs], cnnInitial.init);
    const flat = ops.reshape(windows, [places * rows, inputs]);
    const found = ops.matMul(flat, weight, { transB: true });
    return ops.reshape(found, [places, rows, filters]);
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
 * The largest responses [N+(T-1)M,filters] of sequences and of their ends: `own` [places,N,filters] are the
 * sequences' responses; of an end only the windows that reach into what was drawn are looked at.
 */
function mostOfEnds(
  own: Value,
  ends: Value,
  width: number,
  look: (windows: Value) => Value,
): Value {
  const [places, batch] = [0, 1].map((axis) => staticDim(own, axis)) as [number, number];
  const [beginnings, rows, length] = [0, 1, 2].map((axis) => staticDim(ends, axis)) as Triple;
  const tokens = ops.reshape(ends, [beginnings * rows * length]);
  const found = [highest(own)];
  let inside: Value | undefined;
  for (let p = 1; p < length; p++) {
    const first = Math.max(0, p - width + 1);
    const at = windowPlaces({ from: (p - 1) * rows * length, rows, length, first, places, width });
    let most = highest(look(ops.gatherRows(tokens, at)));
    if (first > 0) {
      // The last window inside of this beginning; those before it were inside of the one before.
      const last = ops.reshape(ops.slice(own, 0, first - 1, first), [batch, staticDim(own, 2)]);
      inside = inside ? ops.maximum(inside, last) : last;
      const shared = Array.from({ length: rows / batch }, () => inside as Value);
      most = ops.maximum(most, ops.concat(shared, 0));
    }
    found.push(most);
  }
  return ops.concat(found, 0);
}

/** Where the tokens of windows [places-first,rows,width] stand among rows of `length` tokens. */
function windowPlaces(of: {
  readonly from: number;
  readonly rows: number;
  readonly length: number;
  readonly first: number;
  readonly places: number;
  readonly width: number;
}): Value {
  const { from, rows, length, first, places, width } = of;
  const at = new Int32Array((places - first) * rows * width);
  for (let i = 0; i < at.length; i++) {
    const [place, row, k] = [
      first + Math.floor(i / (rows * width)),
      Math.floor(i / width) % rows,
      i % width,
    ];
    at[i] = from + row * length + place + k;
  }
  return ops.constant(at, [places - first, rows, width]);
}

/** [places,N,width,E] -> [places,N,width E]. */
function merged(vectors: Value): Value {
  const [places, rows, width, size] = vectors.shape as readonly [number, number, number, number];
  return ops.reshape(vectors, [places, rows, width * size]);
}

function highest(found: Value): Value {
  return ops.reduceMax(found, [0]);
}

type Triple = [number, number, number];
