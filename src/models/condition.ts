import { z } from "zod";
import * as ops from "../graph/ops/index.ts";
import { type Dim, staticDim, type Value } from "../graph/value.ts";
import {
  type BatchNormOptions,
  embedding,
  type Initializer,
  linear,
  normal,
  type Reparameterize,
  type Scope,
  zeros,
} from "../nn/index.ts";
import { knownClasses } from "./stages.ts";

/** How the players see the class label; `true` is `projection`. */
export const conditionalSchema = z
  .union([z.boolean(), z.enum(["projection", "concatenation", "auxiliary"])])
  .default(false);
type Conditional = z.output<typeof conditionalSchema>;

/** Of the layers that a condition adds to D. */
interface HeadOptions {
  readonly init?: Initializer;
  readonly reparameterize?: Reparameterize;
}

/**
 * What a class label is to two players with batch norm in G:
 * - `projection`: a scale and a bias for each class in G's batch norms (arXiv 1610.07629), and in D's
 *   logit the product of its features with the class's vector (arXiv 1802.05637);
 * - `concatenation`: a vector of the class beside z, and one as a further plane of the image in D
 *   (arXiv 1411.1784);
 * - `auxiliary`: G as with projection; D does not see the label but tells it, and both players are
 *   paid for that (arXiv 1610.09585).
 * With `false` every method leaves what it gets as it is.
 */
export class Condition {
  readonly classes: number;
  readonly #kind: Conditional;

  /** Throws a usage error where the data have no classes. */
  constructor(model: string, conditional: Conditional, classes: number) {
    this.#kind = conditional === true ? "projection" : conditional;
    this.classes = knownClasses(model, conditional !== false, classes);
  }

  /** Whether there is a term for the class: `classLoss`. */
  get isAuxiliary(): boolean {
    return this.#kind === "auxiliary";
  }

  /** Channels of the images as D sees them. */
  channels(image: { readonly channels: number }): number {
    return image.channels + (this.#kind === "concatenation" ? 1 : 0);
  }

  /** What G begins with: z [N,L] -> [N,L] or [N,2L]. */
  latent(s: Scope, z: Value, labels: Value | undefined): Value {
    if (!labels || this.#kind !== "concatenation") return z;
    return ops.concat([z, embedding(s.at("label"), labels, this.classes, staticDim(z, 1))], 1);
  }

  /** For G's batch norms. */
  norm(labels: Value | undefined): Pick<BatchNormOptions, "conditional"> {
    const inNorms = labels && this.#kind !== "concatenation";
    return inNorms ? { conditional: { labels, classes: this.classes } } : {};
  }

  /** What D begins with: images [N,C,H,W] -> [N,C,H,W] or [N,C+1,H,W]. */
  images(s: Scope, images: Value, labels: Value | undefined): Value {
    if (!labels || this.#kind !== "concatenation") return images;
    const [h, w] = [staticDim(images, 2), staticDim(images, 3)];
    const plane = embedding(s.at("label"), labels, this.classes, h * w, normal(0.02));
    return ops.concat([images, ops.reshape(plane, [images.shape[0] as Dim, 1, h, w])], 1);
  }

  /** D's logit [N,1] and what the label adds to it, of features [N,F]. */
  logit(
    s: Scope,
    logit: Value,
    features: Value,
    labels: Value | undefined,
    { init = zeros, reparameterize }: HeadOptions = {},
  ): Value {
    if (!labels || this.#kind !== "projection") return logit;
    const length = staticDim(features, 1);
    const own = embedding(s.at("label"), labels, this.classes, length, init, reparameterize);
    return ops.add(logit, ops.reduceSum(ops.mul(features, own), [1], true));
  }

  /** The mean cross-entropy of the labels, of features [N,F]. */
  classLoss(s: Scope, features: Value, labels: Value, options: HeadOptions = {}): Value {
    const scores = linear(s.at("class"), features, this.classes, { biasInit: zeros, ...options });
    return ops.neg(ops.reduceMean(ops.pick(ops.logSoftmax(scores), labels)));
  }
}
