import { type NsfwjsNetwork, readNsfwjs } from "./nsfwjs-package.ts";
import { photoNetwork } from "./photo-network.ts";

const stored: NsfwjsNetwork = {
  folder: "inception_v3",
  shards: 6,
  sha256: "d6bddb58a2b046dc11ed17247f8efc5ae8a5781f6b492aaf4fdd02e25c82ca91",
};

/**
 * Inception-v3 (arXiv 1512.00567), the 2048 numbers before its classifier, from the optional package
 * nsfwjs 4.3.0 (MIT).
 * Differs: its weights have 8 bits, and it was trained further to sort five kinds of pictures; figures
 * are not comparable with published FID.
 */
export const inceptionV3 = photoNetwork({
  name: "inception-v3",
  version: 1,
  sha256: stored.sha256,
  width: 2048,
  size: 299,
  samples: 2000,
  read: () => readNsfwjs(stored, "flatten_1", 'network "inception-v3"'),
});
