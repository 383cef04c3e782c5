import * as ops from "../../graph/ops/index.ts";
import { type Dim, graphError, staticDim, type Value } from "../../graph/value.ts";
import type { FeatureNetworkDefinition } from "../feature-network.ts";

/**
 * A network that sees every channel of a data set's images alone: features stand side by side, and each
 * combination of the channels' classes is a class, the first channel's leading.
 */
export function eachChannel(
  network: FeatureNetworkDefinition,
  { data, channels }: { readonly data: string; readonly channels: number },
): FeatureNetworkDefinition {
  return {
    ...network,
    name: `${network.name}-each-channel`,
    version: `${network.version}-each-channel`,
    data,
    width: channels * network.width,
    classes: network.classes ** channels,
    build: (images) => {
      if (images.shape[1] !== channels) {
        throw graphError("eachChannel", `${data} has ${channels} channels`, [images]);
      }
      const planes = Array.from({ length: channels }, (_, c) =>
        network.build(ops.slice(images, 1, c, c + 1)),
      );
      const features = ops.concat(
        planes.map((p) => p.features),
        1,
      );
      const probabilities = planes.map((p) => p.probabilities as Value).reduce(combinations);
      return { features, probabilities };
    },
  };
}

/** Probabilities of independent pairs: [N,a] and [N,b] -> [N,a b], the first one leading. */
function combinations(p: Value, q: Value): Value {
  const [a, b] = [staticDim(p, 1), staticDim(q, 1)];
  const n = p.shape[0] as Dim;
  return ops.reshape(ops.mul(ops.reshape(p, [n, a, 1]), ops.reshape(q, [n, 1, b])), [n, a * b]);
}
