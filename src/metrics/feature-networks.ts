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
  sha256: "c608c1c01d17677830c25c4d3b5af6c695b9a21d99e0d644ea2ee9bf3f5f3087",
  classes: 10,
});

/** Every network; a new one is a file in `networks/` and a line here. The first that suits is taken. */
export const featureNetworks: readonly FeatureNetworkDefinition[] = [
  digits,
  trainedClassifier({
    data: "fashion-mnist",
    version: 1,
    asset: "classifier-fashion-mnist.safetensors",
    sha256: "aa134764aa86bbf68722a007cda01efa2d26119512c0cec9c6fda1cc28be3226",
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
