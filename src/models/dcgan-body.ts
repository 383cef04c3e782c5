import type { ImageShape } from "../adversarial/model.ts";
import * as ops from "../graph/ops/index.ts";
import { type Dim, elementCount, staticDim, type Value } from "../graph/value.ts";
import {
  type BatchNormOptions,
  batchNorm,
  conv2d,
  convTranspose2d,
  minibatchStddev,
  normal,
  type Scope,
} from "../nn/index.ts";
import { usageError } from "../util/errors.ts";

interface BodyOptions {
  readonly baseChannels: number;
  readonly minibatchStddev?: boolean;
}

/** Weights follow N(0, 0.02^2) and batch-norm scales N(1, 0.02^2). */
const weights = { bias: false, init: normal(0.02) };
const halving = { ...weights, kernel: 4, stride: 2, padding: 1 };
const norm = { scaleInit: normal(0.02, 1) };

/** The convolutions of DCGAN (arXiv 1511.06434), which several models share. */
export class DcganBody {
  readonly #image: ImageShape;
  readonly #start: number;
  /** Channels of D's maps; G's are the same backwards. */
  readonly #widths: readonly number[];
  readonly #seesSpread: boolean;

  /** Throws a usage error, which names the `model`, for sizes other than 28, 32, 64 and 128. */
  constructor(model: string, image: ImageShape, options: BodyOptions) {
    const { start, levels } = levelsOf(model, image);
    this.#image = image;
    this.#start = start;
    this.#widths = Array.from({ length: levels }, (_, i) => options.baseChannels * 2 ** i);
    this.#seesSpread = options.minibatchStddev === true;
  }

  /** z [N,L] -> images [N,C,size,size]. */
  generator(s: Scope, z: Value, own: Pick<BatchNormOptions, "conditional"> = {}): Value {
    const widths = this.#widths;
    const normOptions = { ...norm, ...own };
    const seed = ops.reshape(z, [z.shape[0] as Dim, staticDim(z, 1), 1, 1]);
    let h = convTranspose2d(s.at("project"), seed, widths.at(-1) as number, {
      ...weights,
      kernel: this.#start,
    });
    h = ops.relu(batchNorm(s.at("bn0"), h, normOptions));
    for (let i = 1; i < widths.length; i++) {
      h = convTranspose2d(s.at(`up${i}`), h, widths.at(-1 - i) as number, halving);
      h = ops.relu(batchNorm(s.at(`bn${i}`), h, normOptions));
    }
    return ops.tanh(convTranspose2d(s.at("out"), h, this.#image.channels, halving));
  }

  /** Images [N,C,size,size] -> D's last maps [N,F,4,4] (7x7 for 28 pixels). */
  features(s: Scope, images: Value): Value {
    let h = images;
    this.#widths.forEach((width, i) => {
      h = conv2d(s.at(`down${i}`), h, width, halving);
      h = ops.leakyRelu(i === 0 ? h : batchNorm(s.at(`bn${i}`), h, norm), 0.2);
    });
    return h;
  }

  /** D's last maps -> logits [N,1]. */
  logit(s: Scope, features: Value): Value {
    const seen = this.#seesSpread ? minibatchStddev(features) : features;
    const out = conv2d(s.at("out"), seen, 1, { ...weights, kernel: this.#start });
    return ops.reshape(out, [features.shape[0] as Dim, 1]);
  }
}

/** [N,C,H,W] -> [N,C H W]. */
export function flatten(x: Value): Value {
  const [n, ...rest] = x.shape;
  return ops.reshape(x, [n as Dim, elementCount(rest as number[])]);
}

function levelsOf(model: string, { size }: ImageShape): { start: number; levels: number } {
  const start = size === 28 ? 7 : 4;
  const levels = Math.log2(size / start);
  if (!Number.isInteger(levels) || levels < 2 || levels > 5) {
    throw usageError(`${model}: size must be 28, 32, 64 or 128, received ${size}; use --size 64.`);
  }
  return { start, levels };
}
