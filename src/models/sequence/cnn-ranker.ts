import type { SequenceRanker } from "../../adversarial/sequence/ranker.ts";
import { type CnnFeaturesOptions, cnnFeatures } from "./cnn-features.ts";
import type { SequenceShape } from "./definition.ts";

/**
 * RankGAN's ranker (arXiv 1705.11001): compares sequences by what convolutions see, see `cnnFeatures`:
 * tokens i32 [T,N] -> [N,F]. Throws as that does.
 */
export function cnnRanker(
  options: CnnFeaturesOptions,
  shape: Pick<SequenceShape, "vocabulary" | "length">,
): SequenceRanker {
  return { features: cnnFeatures(options, shape).of };
}
