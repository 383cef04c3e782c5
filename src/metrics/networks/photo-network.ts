import * as ops from "../../graph/ops/index.ts";
import { staticDim } from "../../graph/value.ts";
import type { FeatureNetworkDefinition } from "../feature-network.ts";
import { resample } from "../resample.ts";
import { applyLayers, type LayersModel } from "./layers-model.ts";

export interface PhotoNetwork {
  readonly name: string;
  readonly version: number;
  /** Digest of the weights. */
  readonly sha256: string;
  readonly width: number;
  /** Height and width of its input. */
  readonly size: number;
  readonly samples: number;
  /** Layers and weights up to the features. */
  read(): LayersModel;
}

/**
 * A network that was trained on photographs, for any images [N,C,H,W]: resampled to its input size
 * (bilinear, antialiased), grey in all three channels, in [0, 1].
 */
export function photoNetwork(network: PhotoNetwork): FeatureNetworkDefinition {
  const { name, version, sha256, width, size, samples } = network;
  return {
    name,
    version: `${name}-${version}-${sha256.slice(0, 8)}`,
    width,
    classes: 0,
    batch: 16,
    samples,
    references: 2 * samples,
    build: (images) => {
      const resized = resample(images, size);
      const colour =
        staticDim(images, 1) === 1 ? ops.concat([resized, resized, resized], 1) : resized;
      const half = ops.scalar(0.5);
      const input = ops.add(ops.mul(colour, half), half);
      return { features: applyLayers(network.read(), input) };
    },
  };
}
