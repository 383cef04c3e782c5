import type { SequenceGenerator } from "../../../adversarial/index.ts";

/** Why a method that compares whole distributions of the next token cannot teach a generator. */
export function needsWholeDistributions({ noise }: SequenceGenerator): string | undefined {
  return noise === undefined
    ? undefined
    : "compares whole distributions, which a generator with noise does not have; leave generator.noise out";
}
