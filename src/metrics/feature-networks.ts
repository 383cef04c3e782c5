import { unknownName } from "../util/errors.ts";
import type { FeatureNetworkDefinition } from "./feature-network.ts";
import { eachChannel } from "./networks/each-channel.ts";
import { inceptionV3 } from "./networks/inception-v3.ts";
import { mobilenetV2 } from "./networks/mobilenet-v2.ts";
import { trainedClassifier } from "./networks/trained-classifier.ts";

const digits = trainedClassifier({
  data: "mnist",
  version: 1,
  asset: "classifier-mnist.safetensors",
  sha256: "1f495060c8c8c3ecb339624aa1e3d27067f2f6602941c4937f3a27a2e876eadd",
  classes: 10,
});

/** Every network; a new one is a file in `networks/` and a line here. The first that suits is taken. */
export const featureNetworks: readonly FeatureNetworkDefinition[] = [
  digits,
  trainedClassifier({
    data: "fashion-mnist",
    version: 1,
    asset: "classifier-fashion-mnist.safetensors",
    sha256: "624905e845cd166c212c6aa08903665498eb61d2c55f8d7a7be88f09f71f6075",
    classes: 10,
  }),
  eachChannel(digits, { data: "stacked-mnist", channels: 3 }),
  mobilenetV2,
  inceptionV3,
];

/**
 * The network that judges a data set: the one of this name, else the first that suits. Throws a
 * usage error for an unknown name.
 */
export function featureNetworkFor(data: string, name?: string): FeatureNetworkDefinition {
  const found = featureNetworks.find((n) =>
    name === undefined ? n.data === undefined || n.data === data : n.name === name,
  );
  if (found) return found;
  const names = featureNetworks.map((n) => n.name);
  throw unknownName("feature network", name ?? "", names);
}
