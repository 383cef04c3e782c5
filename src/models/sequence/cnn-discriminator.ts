import type { SequenceDiscriminator } from "../../adversarial/sequence/discriminator.ts";
import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import { linear, type Scope } from "../../nn/index.ts";
import {
  type CnnFeaturesOptions,
  cnnFeatures,
  cnnFeaturesSchema,
  cnnInitial,
} from "./cnn-features.ts";
import type { SequenceDiscriminatorDefinition, SequenceShape } from "./definition.ts";

/**
 * SeqGAN's discriminator (arXiv 1609.05473, appendix): one logit of what convolutions see, see
 * `cnnFeatures`: tokens i32 [T,N] -> [1,N]. Throws as that does.
 * Differs: one logit for two classes.
 */
export function cnnDiscriminator(
  options: CnnFeaturesOptions,
  shape: Pick<SequenceShape, "vocabulary" | "length">,
): SequenceDiscriminator {
  const features = cnnFeatures(options, shape);
  const logits = (s: Scope, seen: Value) => ops.transpose(linear(s.at("out"), seen, 1, cnnInitial));
  return {
    judge: (s, tokens) => logits(s, features.of(s, tokens)),
    judgeEnds: (s, sequences, ends) => logits(s, features.ofEnds(s, sequences, ends)),
  };
}

export const cnn: SequenceDiscriminatorDefinition<CnnFeaturesOptions> = {
  name: "cnn",
  summary: "SeqGAN's discriminator: convolutions of many widths, highway",
  schema: cnnFeaturesSchema,
  build: cnnDiscriminator,
};
