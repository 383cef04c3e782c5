import type { SequenceDiscriminator } from "../../adversarial/sequence/discriminator.ts";
import type { SequenceGenerator } from "../../adversarial/sequence/generator.ts";
import { unknownName } from "../../util/errors.ts";
import { type NamedOptions, namedOptions } from "../../util/named-options.ts";
import { parseWith } from "../../util/parse-with.ts";
import { cnn } from "./cnn-discriminator.ts";
import type {
  SequenceDiscriminatorDefinition,
  SequenceGeneratorDefinition,
  SequenceShape,
} from "./definition.ts";
import { lstm } from "./lstm-generator.ts";
import { multiRepresentation } from "./multi-representation-discriminator.ts";
import { relationalMemory } from "./relational-generator.ts";
import { transformer } from "./transformer-generator.ts";

/** Every generator of sequences by name; a new one is a file and an entry here. */
export const sequenceGenerators = [
  lstm,
  relationalMemory,
  transformer,
] as unknown as readonly SequenceGeneratorDefinition[];

/** Every discriminator of sequences by name; a new one is a file and an entry here. */
export const sequenceDiscriminators = [
  cnn,
  multiRepresentation,
] as unknown as readonly SequenceDiscriminatorDefinition[];

/** A generator in a configuration: `{ name, ...options }`; an LSTM where no name is given. */
export const sequenceGeneratorSchema = namedOptions(sequenceGenerators, lstm.name);

/** A discriminator in a configuration; convolutions where no name is given. */
export const sequenceDiscriminatorSchema = namedOptions(sequenceDiscriminators, cnn.name);

/** Throws a usage error for an unknown name or an option that does not fit. */
export function sequenceGenerator(spec: NamedOptions, shape: SequenceShape): SequenceGenerator {
  const { definition, options } = parsed("generator", sequenceGenerators, spec);
  return definition.build(options, shape);
}

/** Throws a usage error for an unknown name or an option that does not fit. */
export function sequenceDiscriminator(
  spec: NamedOptions,
  shape: Pick<SequenceShape, "vocabulary" | "length">,
): SequenceDiscriminator {
  const { definition, options } = parsed("discriminator", sequenceDiscriminators, spec);
  return definition.build(options, shape);
}

function parsed<D extends SequenceGeneratorDefinition | SequenceDiscriminatorDefinition>(
  what: string,
  all: readonly D[],
  { name, ...given }: NamedOptions,
): { readonly definition: D; readonly options: unknown } {
  const definition = all.find((d) => d.name === name);
  if (!definition) {
    const known = all.map((d) => d.name);
    throw unknownName(what, name, known);
  }
  return { definition, options: parseWith(definition.schema, given, `${what} "${name}"`, what) };
}
