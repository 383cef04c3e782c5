import type { Game } from "../adversarial/game.ts";
import { slopesOf } from "../adversarial/slopes.ts";
import * as ops from "../graph/ops/index.ts";
import { leaf } from "../graph/ops/leaf.ts";
import { staticDim, type Value } from "../graph/value.ts";
import { batchNorm, conv2d, heNormal, linear, relu, type Scope, Variables } from "../nn/index.ts";
import { resample } from "./resample.ts";

/** Height and width of what the classifier sees; grey. */
export const classifierSize = 28;
/** Length of the feature vector, the layer before the logits. */
export const classifierFeatures = 96;
/** The network's name in variables, weights files and the game. */
export const classifierScope = "classifier";

/** Output channels and strides of the 3x3 convolutions after the first, 5x5 one. */
const convolutions = [
  { channels: 32, stride: 1 },
  { channels: 64, stride: 2 },
  { channels: 64, stride: 1 },
  { channels: 64, stride: 2 },
] as const;

export interface Classification {
  /** [N,96], not negative. */
  readonly features: Value;
  /** [N,classes]. */
  readonly logits: Value;
}

/**
 * Images [N,C,H,W] in [-1, 1] as the classifier sees them, [N,1,28,28]: colour becomes luma
 * (0.299 R + 0.587 G + 0.114 B, ITU-R BT.601), other sizes are resampled.
 */
export function classifierInput(images: Value): Value {
  const luma = ops.constant([0.299, 0.587, 0.114], [1, 3, 1, 1]);
  const grey =
    staticDim(images, 1) === 3 ? ops.reduceSum(ops.mul(images, luma), [1], true) : images;
  return resample(grey, classifierSize);
}

/**
 * The small convolutional classifier whose features the metrics compare: images [N,1,28,28].
 * Five convolutions with batch norm and ReLU, 28 -> 14 -> 7 -> 4, then two linear layers.
 */
export function classifier(s: Scope, images: Value, classes: number): Classification {
  const block = (name: string, x: Value, channels: number, kernel: number, stride: number) => {
    const options = { kernel, stride, padding: (kernel - 1) / 2, bias: false, init: heNormal() };
    return relu(batchNorm(s.at(`${name}/norm`), conv2d(s.at(name), x, channels, options)));
  };
  let x = block("conv0", images, 32, 5, 2);
  for (const [i, { channels, stride }] of convolutions.entries()) {
    x = block(`conv${i + 1}`, x, channels, 3, stride);
  }
  const [n, c, h, w] = x.shape as readonly [number | string, number, number, number];
  const flat = ops.reshape(x, [n, c * h * w]);
  const features = relu(linear(s.at("features"), flat, classifierFeatures, { init: heNormal() }));
  return { features, logits: linear(s.at("logits"), features, classes) };
}

/** A game of one player: the classifier minimises cross entropy on `images` and `labels`. */
export function classifierGame(batch: number, classes: number): Game {
  const variables = new Variables();
  const images = leaf("images", [batch, 1, classifierSize, classifierSize], { kind: "data" });
  const labels = leaf("labels", [batch], { kind: "data" }, "i32");
  const { logits } = classifier(variables.scope(classifierScope), images, classes);
  const picked = ops.mul(ops.logSoftmax(logits), ops.oneHot(labels, classes));
  const loss = ops.mul(ops.reduceSum(picked), ops.scalar(-1 / batch));
  const phase = {
    name: "classifier",
    network: classifierScope,
    loss,
    inputs: new Map([
      ["images", images],
      ["labels", labels],
    ]),
    gradients: slopesOf(variables, classifierScope, loss),
    assignments: new Map(variables.assigned),
    scalars: new Map<string, Value>(),
  };
  return { variables, plan: [phase], averaged: classifierScope };
}
