import { unknownName } from "../util/errors.ts";
import { dcgan } from "./dcgan.ts";
import type { ModelDefinition } from "./definition.ts";
import { infogan } from "./infogan.ts";
import { mlp } from "./mlp.ts";
import { r3gan } from "./r3gan.ts";
import { resnet } from "./resnet.ts";
import { stylegan2 } from "./stylegan2.ts";

export type { ModelDefinition } from "./definition.ts";
export { cnnDiscriminator } from "./sequence/cnn-discriminator.ts";
export { type CnnFeaturesOptions, cnnFeaturesSchema } from "./sequence/cnn-features.ts";
export { cnnRanker } from "./sequence/cnn-ranker.ts";
export type {
  SequenceDiscriminatorDefinition,
  SequenceGeneratorDefinition,
  SequenceShape,
} from "./sequence/definition.ts";
export {
  sequenceDiscriminator,
  sequenceDiscriminatorSchema,
  sequenceDiscriminators,
  sequenceGenerator,
  sequenceGeneratorSchema,
  sequenceGenerators,
} from "./sequence/index.ts";
export {
  type LstmDiscriminatorOptions,
  lstmDiscriminator,
  lstmDiscriminatorSchema,
} from "./sequence/lstm-discriminator.ts";
export {
  type LstmGeneratorOptions,
  lstmGenerator,
  lstmGeneratorSchema,
} from "./sequence/lstm-generator.ts";
export {
  type MultiRepresentationOptions,
  multiRepresentationDiscriminator,
  multiRepresentationSchema,
} from "./sequence/multi-representation-discriminator.ts";
export {
  type RelationalGeneratorOptions,
  relationalGenerator,
  relationalGeneratorSchema,
} from "./sequence/relational-generator.ts";
export {
  type TransformerGeneratorOptions,
  transformerGenerator,
  transformerGeneratorSchema,
} from "./sequence/transformer-generator.ts";
export { dcgan, infogan, mlp, r3gan, resnet, stylegan2 };

/** Every model by name; a new one is a file and a line here. */
export const models: readonly ModelDefinition[] = [mlp, dcgan, r3gan, resnet, infogan, stylegan2];

/** Throws a usage error that names the known ones. */
export function modelByName(name: string): ModelDefinition {
  const found = models.find((m) => m.name === name);
  if (!found)
    throw unknownName(
      "model",
      name,
      models.map((m) => m.name),
    );
  return found;
}
